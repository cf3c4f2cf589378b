package flux

import (
	"fmt"

	"aigc/modules/internal/bfl"
)

// wire builds the vendor's request without its pictures, and says what the
// model cannot honour.
func (in Input) wire(model string) (bfl.Request, []string) {
	t := bfl.TraitsOf(model)
	w := &writer{model: model}
	r := bfl.Request{Prompt: in.Prompt}
	in.shape(&r, t, w)
	if w.takes("seed", in.Seed != nil, !t.Strict) {
		r.Seed = in.Seed
	}
	if w.takes("output_format", in.OutputFormat != "", !t.Strict) {
		r.OutputFormat = in.OutputFormat
	}
	if in.SafetyTolerance != nil {
		v := min(*in.SafetyTolerance, t.Tolerance)
		if v != *in.SafetyTolerance {
			w.say("safety_tolerance became %d, the highest of %s.", v, model)
		}
		r.SafetyTolerance = &v
	}
	if w.takes("prompt_upsampling", in.PromptUpsampling != nil, t.Upsample) {
		r.PromptUpsampling = in.PromptUpsampling
	}
	if w.takes("raw", in.Raw != nil, t.Raw) {
		r.Raw = in.Raw
	}
	if w.takes("steps", in.Steps > 0, t.Tuned) {
		r.Steps = min(in.Steps, t.MaxSteps)
	}
	if w.takes("guidance", in.Guidance != nil, t.Tuned) {
		v := min(max(*in.Guidance, t.MinGuide), t.MaxGuide)
		if v != *in.Guidance {
			w.say("guidance became %g, the nearest that %s takes.", v, model)
		}
		r.Guidance = &v
	}
	if w.takes("grounding", in.Grounding != nil, t.Strict) {
		r.Grounding = in.Grounding
	}
	if w.takes("resolution", in.Resolution != "", t.Strict) {
		r.Resolution = in.Resolution
	}
	if w.takes("image_prompt_strength", in.ImagePromptStrength != nil, t.Strength) {
		r.ImagePromptStrength = in.ImagePromptStrength
	}
	w.takes("image_prompt", in.ImagePrompt != "", t.Prompted)
	w.takes("input_images", len(in.InputImages) > 0, t.Inputs > 0 || t.Prompted)
	if t.Inputs == 0 && t.Prompted && len(in.InputImages) > 0 {
		w.say("%s works from one picture: the first input picture is its image_prompt.", model)
	}
	return r, w.warnings
}

// shape turns a ratio into sides for models that take sides, and the other way
// round.
func (in Input) shape(r *bfl.Request, t bfl.Traits, w *writer) {
	sides := in.Width > 0 && in.Height > 0
	ratio := in.AspectRatio != "" && in.AspectRatio != "auto"
	switch {
	case t.Ratio && sides:
		r.AspectRatio = bfl.NearestRatio(in.Width, in.Height)
		w.say("width and height became aspect_ratio %s: %s takes no sides.", r.AspectRatio, w.model)
	case t.Ratio:
		r.AspectRatio = in.AspectRatio
		if in.AspectRatio == "auto" && !t.Strict {
			r.AspectRatio = ""
		}
	case sides:
		r.Width, r.Height = in.Width, in.Height
		if ratio {
			w.say("aspect_ratio was left out: width and height say it already.")
		}
	case ratio:
		r.Width, r.Height = bfl.Dimensions(in.AspectRatio, 1<<20, t.Sides)
		if t.MaxSide > 0 {
			r.Width, r.Height = min(r.Width, t.MaxSide/t.Sides*t.Sides), min(r.Height, t.MaxSide/t.Sides*t.Sides)
		}
	}
}

// writer notes what a model cannot honour.
type writer struct {
	model    string
	warnings []string
}

func (w *writer) say(format string, args ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}

// takes says whether a field that was given is sent on.
func (w *writer) takes(field string, given, honoured bool) bool {
	if given && !honoured {
		w.say("%s was left out: %s does not take it.", field, w.model)
	}
	return given && honoured
}
