package bfl

import "aigc/app/provider"

// Input is the input of an image by FLUX: the union of what the models support. A
// field that the selected model does not support is not sent, and a warning names
// it; an image is refused.
type Input struct {
	Prompt              string              `json:"prompt" minLength:"1" maxLength:"15000" doc:"Text prompt describing the image, or the change to the input images" example:"a cat in the snow, soft morning light"`
	Model               string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N                   int                 `json:"n,omitempty" minimum:"1" maximum:"8" default:"1" doc:"Number of images; each is submitted and billed separately"`
	AspectRatio         string              `json:"aspect_ratio,omitempty" enum:"auto,21:9,2:1,16:9,3:2,7:5,4:3,5:4,1:1,4:5,3:4,5:7,2:3,9:16,1:2,9:21" doc:"Aspect ratio of the image; alternatively set width and height"`
	Width               int                 `json:"width,omitempty" minimum:"64" maximum:"4096" doc:"Width in pixels, a multiple of 16 (FLUX.2) or 32 (FLUX.1)"`
	Height              int                 `json:"height,omitempty" minimum:"64" maximum:"4096" doc:"Height in pixels, a multiple of 16 (FLUX.2) or 32 (FLUX.1)"`
	Resolution          string              `json:"resolution,omitempty" enum:"768sq,1k,1.5k,2k,4k" doc:"Resolution of the image, 1k by default; FLUX.3"`
	Seed                *int64              `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"The same seed and input give the same image; not FLUX.3"`
	OutputFormat        string              `json:"output_format,omitempty" enum:"jpeg,png,webp" doc:"File format, jpeg by default; not FLUX.3"`
	SafetyTolerance     *int                `json:"safety_tolerance,omitempty" minimum:"0" maximum:"6" doc:"Moderation level: 0 is strictest, 2 by default; FLUX.2 up to 5, FLUX.3 up to 4"`
	PromptUpsampling    *bool               `json:"prompt_upsampling,omitempty" doc:"Let the vendor expand the prompt; FLUX.1 and flux-2-flex"`
	Raw                 *bool               `json:"raw,omitempty" doc:"Less processed, more natural look; flux-pro-1.1-ultra"`
	Steps               int                 `json:"steps,omitempty" minimum:"1" maximum:"50" doc:"Number of inference steps; flux-dev and flux-2-flex"`
	Guidance            *float64            `json:"guidance,omitempty" minimum:"1" maximum:"20" doc:"How closely the image follows the prompt: flux-dev 1.5 to 5, flux-2-flex 1.5 to 10"`
	Grounding           *bool               `json:"grounding,omitempty" doc:"Let the model look up facts, on by default; FLUX.3"`
	InputImage          provider.ImageRef   `json:"input_image,omitempty" doc:"Input image"`
	InputImages         []provider.ImageRef `json:"input_images,omitempty" maxItems:"10" nullable:"false" doc:"Further input images; at most 8 in all for FLUX.2, 4 for klein, 10 for FLUX.3"`
	ImagePrompt         provider.ImageRef   `json:"image_prompt,omitempty" doc:"Image that guides style and content; it is not edited; FLUX 1.1 and dev"`
	ImagePromptStrength *float64            `json:"image_prompt_strength,omitempty" minimum:"0" maximum:"1" doc:"Weight of image_prompt against the prompt; flux-pro-1.1-ultra"`
}

// inputs are input_image and input_images.
func (in Input) inputs() []provider.ImageRef {
	if in.InputImage == "" {
		return in.InputImages
	}
	return append([]provider.ImageRef{in.InputImage}, in.InputImages...)
}

// sentImages are the input images that are sent to the model.
func (in Input) sentImages(can capabilities) []provider.ImageRef {
	inputs := in.inputs()
	switch {
	case can.Inputs > 0:
		return inputs
	case can.ImagePrompt && in.ImagePrompt != "":
		return []provider.ImageRef{in.ImagePrompt}
	case can.ImagePrompt && len(inputs) > 0:
		return inputs[:1]
	}
	return nil
}
