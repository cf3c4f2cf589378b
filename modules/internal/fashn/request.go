package fashn

import (
	"aigc/app/provider"
	"aigc/modules/internal/tryon"
)

// run is the body of a submission.
type run struct {
	Model  string `json:"model_name"`
	Inputs inputs `json:"inputs"`
}

// inputs are the fields of both models.
type inputs struct {
	ModelImage   string `json:"model_image"` // the person
	Seed         *int64 `json:"seed,omitempty"`
	OutputFormat string `json:"output_format,omitempty"`
	ReturnBase64 bool   `json:"return_base64,omitempty"`

	// tryon-v1.6
	GarmentImage     string `json:"garment_image,omitempty"`
	Category         string `json:"category,omitempty"`
	GarmentPhotoType string `json:"garment_photo_type,omitempty"`
	Mode             string `json:"mode,omitempty"`
	ModerationLevel  string `json:"moderation_level,omitempty"`
	SegmentationFree *bool  `json:"segmentation_free,omitempty"`
	NumSamples       int    `json:"num_samples,omitempty"`

	// tryon-max
	ProductImage   string `json:"product_image,omitempty"`
	Prompt         string `json:"prompt,omitempty"`
	Resolution     string `json:"resolution,omitempty"`
	GenerationMode string `json:"generation_mode,omitempty"`
	NumImages      int    `json:"num_images,omitempty"`
}

// newRun builds the vendor's request without its images, and returns warnings on what
// the model does not support.
func newRun(in tryon.Input, model string) (run, []string) {
	largest := isMax(model)
	n := &provider.Notes{Model: model}
	r := run{model, inputs{
		Seed: in.Seed, ReturnBase64: in.ReturnBase64,
		Prompt:           provider.IfSupported(n, "prompt", in.PromptOr(""), largest),
		Category:         provider.IfSupported(n, "category", in.Category, !largest),
		GarmentPhotoType: provider.IfSupported(n, "garment_photo_type", in.GarmentPhotoType, !largest),
		Mode:             provider.IfSupported(n, "mode", in.Mode, !largest),
		ModerationLevel:  provider.IfSupported(n, "moderation_level", in.ModerationLevel, !largest),
		SegmentationFree: provider.IfSupported(n, "segmentation_free", in.SegmentationFree, !largest),
		Resolution:       provider.IfSupported(n, "resolution", in.Resolution, largest),
		GenerationMode:   provider.IfSupported(n, "generation_mode", in.GenerationMode, largest),
	}}
	if in.OutputFormat != "webp" {
		r.Inputs.OutputFormat = in.OutputFormat
	}
	n.Takes("output_format webp", in.OutputFormat == "webp", false)
	n.Takes("safety_tolerance", in.SafetyTolerance != nil, false)
	if count := max(1, in.N); largest {
		r.Inputs.NumImages = count
	} else {
		r.Inputs.NumSamples = count
	}
	return r, n.Warnings()
}

// setGarment sets the image of the garment in the model's field.
func (r *run) setGarment(text string) {
	if isMax(r.Model) {
		r.Inputs.ProductImage = text
	} else {
		r.Inputs.GarmentImage = text
	}
}
