package flux

import (
	"aigc/app/provider"
	"aigc/modules/internal/bfl"
)

// wire builds the vendor's request without its pictures, and says what the
// model cannot honour.
func (in Input) wire(model string) (bfl.Request, []string) {
	t := bfl.TraitsOf(model)
	w := &provider.Notes{Model: model}
	r := bfl.Request{Prompt: in.Prompt}
	in.shape(&r, t, w)
	in.tune(&r, t, w)
	if w.Takes("seed", in.Seed != nil, !t.Strict) {
		r.Seed = in.Seed
	}
	if w.Takes("output_format", in.OutputFormat != "", !t.Strict) {
		r.OutputFormat = in.OutputFormat
	}
	if w.Takes("prompt_upsampling", in.PromptUpsampling != nil, t.Upsample) {
		r.PromptUpsampling = in.PromptUpsampling
	}
	if w.Takes("raw", in.Raw != nil, t.Raw) {
		r.Raw = in.Raw
	}
	if w.Takes("grounding", in.Grounding != nil, t.Strict) {
		r.Grounding = in.Grounding
	}
	if w.Takes("image_prompt_strength", in.ImagePromptStrength != nil, t.Strength) {
		r.ImagePromptStrength = in.ImagePromptStrength
	}
	in.sources(t, w)
	return r, w.Warnings()
}

// shape turns a ratio into sides for models that take sides, and the other way
// round.
func (in Input) shape(r *bfl.Request, t bfl.Traits, w *provider.Notes) {
	sides := in.Width > 0 && in.Height > 0
	ratio := in.AspectRatio != "" && in.AspectRatio != "auto"
	if w.Takes("resolution", in.Resolution != "", t.Strict) {
		r.Resolution = in.Resolution
	}
	switch {
	case t.Ratio && sides && ratio:
		r.AspectRatio = in.AspectRatio
		w.Ignored("width and height", "%s supports aspect_ratio instead", w.Model)
	case t.Ratio && sides:
		r.AspectRatio = bfl.NearestRatio(in.Width, in.Height)
		if t.Strict && in.Resolution == "" {
			r.Resolution = bfl.NearestResolution(in.Width, in.Height)
			w.Replaced("width and height", "aspect_ratio "+r.AspectRatio+" and resolution "+r.Resolution, "%s does not support sides in pixels", w.Model)
			return
		}
		w.Replaced("width and height", "aspect_ratio "+r.AspectRatio, "%s does not support sides in pixels", w.Model)
	case t.Ratio && (ratio || t.Strict):
		r.AspectRatio = in.AspectRatio
	case t.Ratio: // auto is the default of the others
	case sides:
		r.Width, r.Height = in.Width, in.Height
		if ratio {
			w.Ignored("aspect_ratio", "width and height set it already")
		}
	case ratio:
		r.Width, r.Height = bfl.Dimensions(in.AspectRatio, 1<<20, t.Step, t.MaxSide)
	}
}

// tune sends the numbers that a model takes, brought into its range.
func (in Input) tune(r *bfl.Request, t bfl.Traits, w *provider.Notes) {
	if in.SafetyTolerance != nil {
		v := min(*in.SafetyTolerance, t.Tolerance)
		w.Rounded("safety_tolerance", *in.SafetyTolerance, v)
		r.SafetyTolerance = &v
	}
	if w.Takes("steps", in.Steps > 0, t.Tuned) {
		r.Steps = min(in.Steps, t.MaxSteps)
	}
	if w.Takes("guidance", in.Guidance != nil, t.Tuned) {
		v := min(max(*in.Guidance, t.MinGuide), t.MaxGuide)
		w.Rounded("guidance", *in.Guidance, v)
		r.Guidance = &v
	}
}

// sources says which input pictures are not sent; see [Input.pictures].
func (in Input) sources(t bfl.Traits, w *provider.Notes) {
	w.Takes("image_prompt", in.ImagePrompt != "", t.Prompted)
	n := len(in.inputs())
	switch {
	case n == 0 || t.Inputs > 0:
	case !t.Prompted:
		w.Takes("input_images", true, false)
	case in.ImagePrompt != "":
		w.Ignored("input_images", "%s works from one image, and image_prompt is that", w.Model)
	case n == 1:
		w.Replaced("the input image", "image_prompt", "%s is inspired by it, and does not edit", w.Model)
	default:
		w.Replaced("the first of input_images", "image_prompt", "%s is inspired by one image, and does not edit", w.Model)
	}
}
