package bfl

import "aigc/app/provider"

// request builds the vendor's request without its images, and notes what the
// model does not support.
func (in Input) request(model string, can capabilities) (request, []string) {
	w := &provider.Notes{Model: model}
	r := request{Prompt: in.Prompt}
	in.shape(&r, can, w)
	in.tune(&r, can, w)
	r.Seed = honoured(w, "seed", in.Seed, !can.Strict)
	r.OutputFormat = honoured(w, "output_format", in.OutputFormat, !can.Strict)
	r.PromptUpsampling = honoured(w, "prompt_upsampling", in.PromptUpsampling, can.Upsample)
	r.Raw = honoured(w, "raw", in.Raw, can.Raw)
	r.Grounding = honoured(w, "grounding", in.Grounding, can.Strict)
	r.ImagePromptStrength = honoured(w, "image_prompt_strength", in.ImagePromptStrength, can.Strength)
	in.sources(can, w)
	return r, w.Warnings()
}

// honoured is a field as it is sent: not at all where the model does not support
// it, which is noted if the field was given.
func honoured[T comparable](w *provider.Notes, field string, given T, supported bool) T {
	var none T
	if w.Takes(field, given != none, supported) {
		return given
	}
	return none
}

// shape turns a ratio into sides for models that take sides, and the other way
// round.
func (in Input) shape(r *request, can capabilities, w *provider.Notes) {
	sides := in.Width > 0 && in.Height > 0
	ratio := in.AspectRatio != "" && in.AspectRatio != "auto"
	r.Resolution = honoured(w, "resolution", in.Resolution, can.Strict)
	switch {
	case can.Ratio && sides && ratio:
		r.AspectRatio = in.AspectRatio
		w.Ignored("width and height", "%s supports aspect_ratio instead", w.Model)
	case can.Ratio && sides:
		r.AspectRatio = nearestRatio(in.Width, in.Height)
		if can.Strict && in.Resolution == "" {
			r.Resolution = nearestResolution(in.Width, in.Height)
			w.Replaced("width and height", "aspect_ratio "+r.AspectRatio+" and resolution "+r.Resolution, "%s does not support sides in pixels", w.Model)
			return
		}
		w.Replaced("width and height", "aspect_ratio "+r.AspectRatio, "%s does not support sides in pixels", w.Model)
	case can.Ratio && (ratio || can.Strict):
		r.AspectRatio = in.AspectRatio
	case can.Ratio: // auto is the default of the others
	case sides:
		r.Width, r.Height = in.Width, in.Height
		if ratio {
			w.Ignored("aspect_ratio", "width and height set it already")
		}
	case ratio:
		r.Width, r.Height = dimensions(in.AspectRatio, 1<<20, can.Step, can.MaxSide)
	}
}

// tune sends the numbers that a model takes, rounded into its range.
func (in Input) tune(r *request, can capabilities, w *provider.Notes) {
	if in.SafetyTolerance != nil {
		v := min(*in.SafetyTolerance, can.Tolerance)
		w.Rounded("safety_tolerance", *in.SafetyTolerance, v)
		r.SafetyTolerance = &v
	}
	r.Steps = min(honoured(w, "steps", in.Steps, can.Tuned), can.MaxSteps)
	if w.Takes("guidance", in.Guidance != nil, can.Tuned) {
		v := min(max(*in.Guidance, can.MinGuide), can.MaxGuide)
		w.Rounded("guidance", *in.Guidance, v)
		r.Guidance = &v
	}
}

// sources notes which input images are not sent; see [Input.images].
func (in Input) sources(can capabilities, w *provider.Notes) {
	w.Takes("image_prompt", in.ImagePrompt != "", can.Prompted)
	n := len(in.inputs())
	switch {
	case n == 0 || can.Inputs > 0:
	case !can.Prompted:
		w.Takes("input_images", true, false)
	case in.ImagePrompt != "":
		w.Ignored("input_images", "%s works from one image, and image_prompt is that", w.Model)
	case n == 1:
		w.Replaced("the input image", "image_prompt", "%s is inspired by it, and does not edit", w.Model)
	default:
		w.Replaced("the first of input_images", "image_prompt", "%s is inspired by one image, and does not edit", w.Model)
	}
}
