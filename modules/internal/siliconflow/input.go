package siliconflow

import "aigc/app/provider"

// Input is the union of what the models support and of the replaced service's
// fields. A field that the selected model does not support is not sent, and a
// warning names it; an image is refused.
type Input struct {
	Prompt         string              `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the image, or the change to the input images" example:"a lighthouse at dusk, oil painting"`
	Model          string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	NegativePrompt string              `json:"negative_prompt,omitempty" maxLength:"10000" doc:"What the image must not show; Kolors and Qwen"`
	Image          provider.ImageRef   `json:"image,omitempty" doc:"Input image; required by Qwen-Image-Edit, optional for Kolors"`
	Images         []provider.ImageRef `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"Further input images, 3 in all; Qwen-Image-Edit-2509"`
	N              int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; Kolors makes 4 per request, other models 1"`
	Size           string              `json:"size,omitempty" pattern:"^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$" patternDescription:"WIDTHxHEIGHT" doc:"WIDTHxHEIGHT in pixels. Kolors: 1024x1024, 960x1280, 768x1024, 720x1440, 720x1280, others may work. Qwen-Image and FLUX.2: rounded to the nearest supported value. Qwen-Image-Edit follows its input"`
	Seed           *int64              `json:"seed,omitempty" minimum:"0" maximum:"9999999999" doc:"The same seed and input give a similar image; random by default"`
	Steps          int                 `json:"num_inference_steps,omitempty" minimum:"1" maximum:"100" doc:"Number of inference steps, 20 by default; Kolors and Qwen"`
	GuidanceScale  *float64            `json:"guidance_scale,omitempty" minimum:"0" maximum:"20" doc:"How closely the image follows the prompt, 7.5 by default; Kolors"`
	Cfg            *float64            `json:"cfg,omitempty" minimum:"0.1" maximum:"20" doc:"How closely the image follows the prompt, 4 by default, advised with 50 steps; above 1 for text in the image; Qwen-Image"`
	OutputFormat   string              `json:"output_format,omitempty" enum:"png,jpeg" doc:"File format, png by default; FLUX.2"`
	ImageURL       provider.ImageRef   `json:"image_url,omitempty" doc:"Old name of image"`
	Mode           string              `json:"mode,omitempty" enum:"text2img,img2img" doc:"Field of the replaced service; the input images decide"`
	Strength       *float64            `json:"strength,omitempty" minimum:"0" maximum:"1" doc:"Ignored: SiliconFlow does not support it. Field of the replaced service"`
}

// inputs are all input images, in order, under each of the field's names.
func (in Input) inputs() (all []provider.ImageRef) {
	for _, img := range append([]provider.ImageRef{in.Image, in.ImageURL}, in.Images...) {
		if img != "" {
			all = append(all, img)
		}
	}
	return all
}

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	return provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.Size, NegativePrompt: in.NegativePrompt, Seed: in.Seed,
		Images: in.inputs(), OutputFormat: in.OutputFormat,
	}.WithOther(in, "mode")
}
