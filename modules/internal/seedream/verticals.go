package seedream

import (
	"aigc/app/module"
	"aigc/app/provider"
)

// Input is the input of the vertical seedream.
type Input struct {
	Options
	Watermark bool     `json:"watermark,omitempty" default:"false" doc:"Put a visible \"AI generated\" mark on the image"`
	Scale     *float64 `json:"scale,omitempty" minimum:"0" maximum:"1" doc:"Weight of the prompt against the input images; Jimeng 4.x, 0.5 by default"`
	Jimeng
}

// Check implements [module.InputChecker].
func (in Input) Check() []module.FieldError { return in.Request().check() }

// Request implements [Source].
func (in Input) Request() Request {
	return Request{
		Options: in.Options, Jimeng: in.Jimeng, Inputs: in.images(""), Watermark: in.Watermark,
		Weight: in.Scale, WeightField: "scale",
	}
}

// Edit is the input of the vertical seededit: an input image is required.
type Edit struct {
	Options
	ImageURL  provider.ImageRef `json:"image_url,omitempty" doc:"Old name of image"`
	Watermark bool              `json:"watermark,omitempty" default:"false" doc:"Put a visible \"AI generated\" mark on the image"`
	Strength  *float64          `json:"strength,omitempty" minimum:"0" maximum:"1" doc:"Weight of the prompt against the input image; Jimeng models, 0.5 by default"`
	Jimeng
}

// Check implements [module.InputChecker].
func (in Edit) Check() []module.FieldError { return in.Request().check() }

// Request implements [Source].
func (in Edit) Request() Request {
	return Request{
		Options: in.Options, Jimeng: in.Jimeng, Inputs: in.images(in.ImageURL), Edit: true, Watermark: in.Watermark,
		Weight: in.Strength, WeightField: "strength",
	}
}

// Doubao is the input of the vertical doubao, which marks its images by default,
// as the replaced service does.
type Doubao struct {
	Options
	Watermark bool `json:"watermark" default:"true" doc:"Put a visible \"AI generated\" mark on the image"`
}

// Check implements [module.InputChecker].
func (in Doubao) Check() []module.FieldError { return in.Request().check() }

// Request implements [Source].
func (in Doubao) Request() Request {
	return Request{Options: in.Options, Inputs: in.images(""), Watermark: in.Watermark}
}

// images are all input images, under each of the field's names.
func (o Options) images(old provider.ImageRef) []provider.ImageRef {
	var all []provider.ImageRef
	for _, img := range []provider.ImageRef{o.Image, old} {
		if img != "" {
			all = append(all, img)
		}
	}
	return append(all, o.Images...)
}
