package bfl

import "aigc/app/provider"

// request builds the vendor's request without its images, and returns warnings on
// what the model does not support.
func (in Input) request(model string, can capabilities) (request, []string) {
	w := &provider.Notes{Model: model}
	r := request{Prompt: in.Prompt}
	in.setShape(&r, can, w)
	in.setNumbers(&r, can, w)
	r.Seed = provider.IfSupported(w, "seed", in.Seed, !can.Strict)
	r.OutputFormat = provider.IfSupported(w, "output_format", in.OutputFormat, !can.Strict)
	r.PromptUpsampling = provider.IfSupported(w, "prompt_upsampling", in.PromptUpsampling, can.Upsample)
	r.Raw = provider.IfSupported(w, "raw", in.Raw, can.Raw)
	r.Grounding = provider.IfSupported(w, "grounding", in.Grounding, can.Strict)
	r.ImagePromptStrength = provider.IfSupported(w, "image_prompt_strength", in.ImagePromptStrength, can.Strength)
	if can.Inputs == 0 && len(in.inputs()) > 0 {
		w.Replaced("the input image", "image_prompt", "%s does not edit images, it only follows one", w.Model)
	}
	return r, w.Warnings()
}

// setShape sets aspect_ratio and resolution, or width and height, whichever the
// model supports, and converts the other.
func (in Input) setShape(r *request, can capabilities, w *provider.Notes) {
	sides := in.Width > 0 && in.Height > 0
	ratio := in.AspectRatio != "" && in.AspectRatio != "auto"
	r.Resolution = provider.IfSupported(w, "resolution", in.Resolution, can.Strict)
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

// setNumbers sets the numbers that the model supports, limited to its range.
func (in Input) setNumbers(r *request, can capabilities, w *provider.Notes) {
	if in.SafetyTolerance != nil {
		v := min(*in.SafetyTolerance, can.Tolerance)
		w.Rounded("safety_tolerance", *in.SafetyTolerance, v)
		r.SafetyTolerance = &v
	}
	r.Steps = min(provider.IfSupported(w, "steps", in.Steps, can.Tuned), can.MaxSteps)
	if w.Takes("guidance", in.Guidance != nil, can.Tuned) {
		v := min(max(*in.Guidance, can.MinGuide), can.MaxGuide)
		w.Rounded("guidance", *in.Guidance, v)
		r.Guidance = &v
	}
}
