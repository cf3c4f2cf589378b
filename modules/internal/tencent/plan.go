package tencent

import (
	"aigc/app/module"
	"aigc/modules/internal/hunyuan"
)

// Plan implements [module.Planner]. There is no quote: the vendor's price is not
// confirmed.
func (Driver) Plan(in hunyuan.Input, t module.Target) module.Plan {
	_, warnings := newSubmission(in, t.Model)
	return module.Plan{Count: max(1, in.N), RandomSeed: in.FixedSeed() == nil, Warnings: warnings}
}

// Check implements [module.Checker]. The API has no field for a model, so another one
// than its own cannot be asked for.
func (Driver) Check(in hunyuan.Input, t module.Target) (faults []module.FieldError) {
	bad := func(field, message string) {
		faults = append(faults, module.FieldError{Field: field, Message: message})
	}
	in.Check(t.Model, bad)
	if in.LogoImage != "" && !in.Watermark {
		bad("logo_image", "needs watermark true")
	}
	if t.Model != hunyuan.Image30 {
		bad("model", title+" serves "+hunyuan.Image30+" only")
	}
	return faults
}
