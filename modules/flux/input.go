package flux

import (
	"aigc/app/provider"
	"aigc/modules/internal/bfl"
)

// Input is the union over the models. What a model cannot honour is left out
// and said.
type Input struct {
	Prompt              string           `json:"prompt" minLength:"1" maxLength:"15000" doc:"what the picture shall show, or how the input pictures shall change" example:"a cat in the snow, soft morning light"`
	Model               string           `json:"model,omitempty" maxLength:"100" doc:"model id; see /api/models"`
	N                   int              `json:"n,omitempty" minimum:"1" maximum:"8" default:"1" doc:"how many pictures; each is a purchase of its own"`
	AspectRatio         string           `json:"aspect_ratio,omitempty" enum:"auto,21:9,2:1,16:9,3:2,7:5,4:3,5:4,1:1,4:5,3:4,5:7,2:3,9:16,1:2,9:21" doc:"shape of the picture; or give width and height"`
	Width               int              `json:"width,omitempty" minimum:"64" maximum:"4096" doc:"pixels, a multiple of 16 (FLUX.2) or 32 (FLUX.1)"`
	Height              int              `json:"height,omitempty" minimum:"64" maximum:"4096" doc:"pixels, a multiple of 16 (FLUX.2) or 32 (FLUX.1)"`
	Resolution          string           `json:"resolution,omitempty" enum:"768sq,1k,1.5k,2k,4k" doc:"FLUX.3; 1k by default"`
	Seed                *int64           `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"the same seed and input give the same picture; not FLUX.3"`
	OutputFormat        string           `json:"output_format,omitempty" enum:"jpeg,png,webp" doc:"jpeg by default; not FLUX.3"`
	SafetyTolerance     *int             `json:"safety_tolerance,omitempty" minimum:"0" maximum:"6" doc:"0 is strictest, 2 by default; FLUX.2 up to 5, FLUX.3 up to 4"`
	PromptUpsampling    *bool            `json:"prompt_upsampling,omitempty" doc:"let the vendor write the prompt out; FLUX.1 and flux-2-flex"`
	Raw                 *bool            `json:"raw,omitempty" doc:"less processed look; flux-pro-1.1-ultra"`
	Steps               int              `json:"steps,omitempty" minimum:"1" maximum:"50" doc:"flux-dev and flux-2-flex"`
	Guidance            *float64         `json:"guidance,omitempty" minimum:"1" maximum:"20" doc:"how closely to follow the prompt; flux-dev 1.5 to 5, flux-2-flex 1.5 to 10"`
	Grounding           *bool            `json:"grounding,omitempty" doc:"FLUX.3: look facts up; on by default"`
	InputImage          provider.Image   `json:"input_image,omitempty" doc:"a picture to change or to work from"`
	InputImages         []provider.Image `json:"input_images,omitempty" maxItems:"10" nullable:"false" doc:"further pictures to work from; in all 8 of FLUX.2, 4 of klein, 10 of FLUX.3"`
	ImagePrompt         provider.Image   `json:"image_prompt,omitempty" doc:"a picture to be inspired by; FLUX 1.1 and dev"`
	ImagePromptStrength *float64         `json:"image_prompt_strength,omitempty" minimum:"0" maximum:"1" doc:"flux-pro-1.1-ultra"`
}

// inputs are the pictures to work from, by either name.
func (in Input) inputs() []provider.Image {
	if in.InputImage == "" {
		return in.InputImages
	}
	return append([]provider.Image{in.InputImage}, in.InputImages...)
}

// pictures are those that the model is sent.
func (in Input) pictures(t bfl.Traits) []provider.Image {
	inputs := in.inputs()
	switch {
	case t.Inputs > 0:
		return inputs
	case t.Prompted && in.ImagePrompt != "":
		return []provider.Image{in.ImagePrompt}
	case t.Prompted && len(inputs) > 0:
		return inputs[:1]
	}
	return nil
}
