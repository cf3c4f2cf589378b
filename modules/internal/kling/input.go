package kling

import "aigc/app/provider"

// Input is the union of what the models support and of the replaced service's
// fields. A field that the selected model does not support is not sent, and a
// warning names it; an image is refused.
type Input struct {
	Prompt         string              `json:"prompt" minLength:"1" maxLength:"2500" doc:"Text prompt describing the image. The omni models and O1 name input images in it as <<<image_1>>>, <<<image_2>>> …" example:"a red fox in snow, soft morning light"`
	Model          string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	NegativePrompt string              `json:"negative_prompt,omitempty" maxLength:"2500" doc:"What the image must not show; kling-v3 and kling-v2-1 without an input image"`
	Image          provider.ImageRef   `json:"image,omitempty" doc:"Input image: JPEG or PNG up to 10 MB, sides of at least 300 pixels"`
	Images         []provider.ImageRef `json:"images,omitempty" maxItems:"10" nullable:"false" doc:"Further input images; kling-image-o1 and kling-v3-omni, 10 images and elements in all"`
	ImageReference string              `json:"image_reference,omitempty" enum:"subject,face" doc:"What the input image is a reference for: its subject or its face; kling-v3 and kling-v2-1"`
	ImageFidelity  *float64            `json:"image_fidelity,omitempty" minimum:"0" maximum:"1" doc:"How closely the image follows the input image, 0.5 by default; kling-v2-1"`
	HumanFidelity  *float64            `json:"human_fidelity,omitempty" minimum:"0" maximum:"1" doc:"How closely faces follow the face in the input image, 0.45 by default; kling-v2-1"`
	Elements       []Element           `json:"element_list,omitempty" maxItems:"10" nullable:"false" doc:"Elements of the Kling account's library that appear in the image; not kling-v2-1"`
	N              int                 `json:"n,omitempty" minimum:"1" maximum:"9" default:"1" doc:"Number of images, made by one submission; each is billed"`
	AspectRatio    string              `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,21:9,auto" doc:"Aspect ratio of the image; 1:1 by default, auto with an input image for kling-image-o1 and kling-v3-omni"`
	Resolution     string              `json:"resolution,omitempty" enum:"1k,2k,4k" doc:"Resolution, 1k by default; 4k: kling-v3-omni only, elsewhere rounded to the nearest supported value"`
	Size           string              `json:"size,omitempty" pattern:"^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$" patternDescription:"WIDTHxHEIGHT" doc:"WIDTHxHEIGHT in pixels, rounded to the nearest supported aspect_ratio and resolution"`
	ResultType     string              `json:"result_type,omitempty" enum:"single,series" doc:"series: a series of related images; kling-v3-omni"`
	SeriesAmount   string              `json:"series_amount,omitempty" enum:"auto,2,3,4,5,6,7,8,9" doc:"Number of images of a series, 4 by default, or auto; kling-v3-omni with result_type series"`
	Watermark      *bool               `json:"watermark,omitempty" doc:"Deliver the images with Kling's watermark; false by default"`
	CfgScale       *float64            `json:"cfg_scale,omitempty" minimum:"1" maximum:"20" doc:"Ignored: Kling does not support it. Field of the replaced service"`
	Seed           *int64              `json:"seed,omitempty" minimum:"-1" maximum:"4294967295" doc:"Ignored: Kling does not support it. Field of the replaced service"`
}

// Element is an element of the Kling account's library.
type Element struct {
	ID int64 `json:"element_id" minimum:"1" doc:"Id of the element"`
}

// inputs are image and images.
func (in Input) inputs() []provider.ImageRef {
	if in.Image == "" {
		return in.Images
	}
	return append([]provider.ImageRef{in.Image}, in.Images...)
}
