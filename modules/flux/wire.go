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
	in.tune(&r, t, w)
	if w.takes("seed", in.Seed != nil, !t.Strict) {
		r.Seed = in.Seed
	}
	if w.takes("output_format", in.OutputFormat != "", !t.Strict) {
		r.OutputFormat = in.OutputFormat
	}
	if w.takes("prompt_upsampling", in.PromptUpsampling != nil, t.Upsample) {
		r.PromptUpsampling = in.PromptUpsampling
	}
	if w.takes("raw", in.Raw != nil, t.Raw) {
		r.Raw = in.Raw
	}
	if w.takes("grounding", in.Grounding != nil, t.Strict) {
		r.Grounding = in.Grounding
	}
	if w.takes("image_prompt_strength", in.ImagePromptStrength != nil, t.Strength) {
		r.ImagePromptStrength = in.ImagePromptStrength
	}
	in.sources(t, w)
	return r, w.warnings
}

// shape turns a ratio into sides for models that take sides, and the other way
// round.
func (in Input) shape(r *bfl.Request, t bfl.Traits, w *writer) {
	sides := in.Width > 0 && in.Height > 0
	ratio := in.AspectRatio != "" && in.AspectRatio != "auto"
	if w.takes("resolution", in.Resolution != "", t.Strict) {
		r.Resolution = in.Resolution
	}
	switch {
	case t.Ratio && sides && ratio:
		r.AspectRatio = in.AspectRatio
		w.say("width and height were left out: %s takes aspect_ratio.", w.model)
	case t.Ratio && sides:
		r.AspectRatio = bfl.NearestRatio(in.Width, in.Height)
		if t.Strict && in.Resolution == "" {
			r.Resolution = bfl.NearestResolution(in.Width, in.Height)
			w.say("width and height became aspect_ratio %s and resolution %s: %s takes no sides.", r.AspectRatio, r.Resolution, w.model)
			return
		}
		w.say("width and height became aspect_ratio %s: %s takes no sides.", r.AspectRatio, w.model)
	case t.Ratio && (ratio || t.Strict):
		r.AspectRatio = in.AspectRatio
	case t.Ratio: // auto is the default of the others
	case sides:
		r.Width, r.Height = in.Width, in.Height
		if ratio {
			w.say("aspect_ratio was left out: width and height say it already.")
		}
	case ratio:
		r.Width, r.Height = bfl.Dimensions(in.AspectRatio, 1<<20, t.Step, t.MaxSide)
	}
}

// tune sends the numbers that a model takes, brought into its range.
func (in Input) tune(r *bfl.Request, t bfl.Traits, w *writer) {
	if in.SafetyTolerance != nil {
		v := min(*in.SafetyTolerance, t.Tolerance)
		if v != *in.SafetyTolerance {
			w.say("safety_tolerance %d became %d, the highest of %s.", *in.SafetyTolerance, v, w.model)
		}
		r.SafetyTolerance = &v
	}
	if w.takes("steps", in.Steps > 0, t.Tuned) {
		r.Steps = min(in.Steps, t.MaxSteps)
	}
	if w.takes("guidance", in.Guidance != nil, t.Tuned) {
		v := min(max(*in.Guidance, t.MinGuide), t.MaxGuide)
		if v != *in.Guidance {
			w.say("guidance %g became %g, the nearest that %s takes.", *in.Guidance, v, w.model)
		}
		r.Guidance = &v
	}
}

// sources says which input pictures are not sent; see [Input.pictures].
func (in Input) sources(t bfl.Traits, w *writer) {
	w.takes("image_prompt", in.ImagePrompt != "", t.Prompted)
	n := len(in.inputs())
	switch {
	case n == 0 || t.Inputs > 0:
	case !t.Prompted:
		w.takes("input_images", true, false)
	case in.ImagePrompt != "":
		w.say("input_images was left out: %s works from one picture, and image_prompt is that.", w.model)
	case n == 1:
		w.say("the input picture became image_prompt: %s is inspired by it, and does not edit.", w.model)
	default:
		w.say("the first of input_images became image_prompt: %s is inspired by one picture, and does not edit.", w.model)
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
