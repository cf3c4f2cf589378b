package jimeng

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"aigc/app/module"
	"aigc/app/provider"
)

// maxSeries is the maximum number of images of a series, input images included.
const maxSeries = 15

// Plan implements [module.Planner]. The quote of a series is its maximum.
func (Driver[In]) Plan(source In, target module.Target) module.Plan {
	in := source.Request()
	s, _, warnings := newSubmission(in, target.Model)
	images := 1
	if s.ForceSingle != nil && !*s.ForceSingle {
		images = max(1, maxSeries-len(in.Inputs))
	}
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	p.Quote = target.Cost(nil, provider.Quantity{Unit: "image", N: int64(images * p.Count)})
	return p
}

// Check implements [module.Checker].
func (Driver[In]) Check(source In, target module.Target) []module.FieldError {
	in, model := source.Request(), target.Model
	t, n := CapabilitiesOf(model), len(in.Inputs)
	var faults []module.FieldError
	bad := func(field, format string, args ...any) {
		faults = append(faults, module.FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if most := t.MaxPrompt; most > 0 && utf8.RuneCountInString(in.Prompt) > most {
		bad("prompt", "%s supports at most %d characters", model, most)
	}
	switch {
	case in.Edit && t.MaxInputs == 0:
		bad("model", "%s does not support input images", model)
	case t.EditsOne && n == 0 && !in.Edit:
		bad("image", "an image to edit is required")
	case t.MaxInputs == 0:
		faults = append(faults, module.RefuseImages(source, model)...)
	case n > t.MaxInputs:
		bad("images", "%s supports at most %d input images, image included", model, t.MaxInputs)
	}
	s, _, _ := newSubmission(in, model)
	if s.Width > 0 {
		if m := t.Sides.Check(s.Width, s.Height); m != "" {
			bad("size", "%s", m)
		}
	}
	least, most := cmp.Or(s.MinRatio, 1/defaultMaxRatio), cmp.Or(s.MaxRatio, defaultMaxRatio)
	switch ratio := float64(s.Width) / float64(s.Height); {
	case least > most:
		bad("min_ratio", "must not be above max_ratio, which is %g", most)
	case t.V4 && s.Width > 0 && (ratio < least || ratio > most):
		bad("size", "the ratio of width to height must be between min_ratio and max_ratio")
	}
	return faults
}
