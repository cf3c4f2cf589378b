package tokenhub

import (
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// Plan implements [module.Planner].
func (Generator) Plan(in hunyuan.Input, t module.Target) module.Plan {
	r, warnings := newRequest(in, t.Model)
	p := module.Plan{Count: max(1, in.N), RandomSeed: in.FixedSeed() == nil, Warnings: warnings}
	p.Quote = t.Cost(r.priceFacts(), provider.Quantity{Unit: "image", N: int64(p.Count)})
	return p
}

// Check implements [module.Checker].
func (Generator) Check(in hunyuan.Input, t module.Target) (faults []module.FieldError) {
	in.Check(t.Model, func(field, message string) {
		faults = append(faults, module.FieldError{Field: field, Message: message})
	})
	if in.LogoImage != "" {
		faults = append(faults, module.RefuseImage("logo_image", t.Model))
	}
	return faults
}
