package bfl

import (
	"context"

	"aigc/app/module"
	"aigc/app/provider"
)

// KontextInput is the input of an image by FLUX.1 Kontext. A field that the models
// do not support is not sent, and a warning names it.
type KontextInput struct {
	Prompt           string              `json:"prompt" minLength:"1" doc:"Text prompt describing the image, or the change to the input image" example:"put the fox into a snowy forest"`
	Model            string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N                int                 `json:"n,omitempty" minimum:"1" maximum:"8" default:"1" doc:"Number of images; each is submitted and billed separately"`
	InputImage       provider.ImageRef   `json:"input_image,omitempty" doc:"Image to edit; without one, the image is made from the prompt alone"`
	InputImages      []provider.ImageRef `json:"input_images,omitempty" maxItems:"4" nullable:"false" doc:"Further input images; 4 in all. More than one is experimental"`
	ContextImage     provider.ImageRef   `json:"context_image,omitempty" doc:"Old name of input_image"`
	AspectRatio      string              `json:"aspect_ratio,omitempty" enum:"21:9,2:1,16:9,3:2,7:5,4:3,5:4,1:1,4:5,3:4,5:7,2:3,9:16,1:2,9:21" doc:"Aspect ratio of the image"`
	Seed             *int64              `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"The same seed and input give the same image"`
	OutputFormat     string              `json:"output_format,omitempty" enum:"jpeg,png,webp" doc:"File format; png by default"`
	SafetyTolerance  *int                `json:"safety_tolerance,omitempty" minimum:"0" maximum:"6" doc:"Moderation level: 0 is strictest, 2 by default"`
	PromptUpsampling *bool               `json:"prompt_upsampling,omitempty" doc:"Let the vendor expand the prompt; off by default"`
	Strength         *float64            `json:"strength,omitempty" minimum:"0" maximum:"1" doc:"Ignored: Kontext does not support it"`
}

// input converts to the common input of the FLUX models.
func (in KontextInput) input() Input {
	first := in.InputImage
	if first == "" {
		first = in.ContextImage
	}
	return Input{
		Prompt: in.Prompt, N: in.N, InputImage: first, InputImages: in.InputImages, AspectRatio: in.AspectRatio,
		Seed: in.Seed, OutputFormat: in.OutputFormat, SafetyTolerance: in.SafetyTolerance, PromptUpsampling: in.PromptUpsampling,
	}
}

// KontextDriver makes images of a [KontextInput].
type KontextDriver struct{ poller }

// Submit implements [provider.Driver].
func (KontextDriver) Submit(ctx context.Context, c provider.Call, in KontextInput) (provider.Ticket, error) {
	return submit(ctx, c, in.input(), kontextCapabilities(c.Model))
}

// Plan implements [module.Planner].
func (KontextDriver) Plan(in KontextInput, t module.Target) module.Plan {
	w := &provider.Notes{Model: t.Model}
	w.Takes("strength", in.Strength != nil, false)
	p := plan(in.input(), t, kontextCapabilities(t.Model))
	p.Warnings = append(p.Warnings, w.Warnings()...)
	return p
}

// Check implements [module.Checker].
func (KontextDriver) Check(in KontextInput, t module.Target) []module.FieldError {
	faults := check(in.input(), t.Model, kontextCapabilities(t.Model))
	if in.InputImage != "" && in.ContextImage != "" && in.InputImage != in.ContextImage {
		faults = append(faults, module.FieldError{Field: "context_image", Message: "is the old name of input_image, which has another image"})
	}
	return faults
}
