package stability

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Generator) Plan(in Input, t module.Target) module.Plan {
	_, warnings := in.request(t.Model)
	p := module.Plan{Count: max(1, in.N), RandomSeed: in.fixedSeed() == nil, Warnings: warnings}
	p.Quote = t.Cost(nil, provider.Quantity{Unit: "image", N: int64(p.Count)})
	return p
}

// Check implements [module.Checker].
func (Generator) Check(in Input, t module.Target) (faults []module.FieldError) {
	if strings.TrimSpace(in.Prompt) == "" {
		faults = append(faults, module.FieldError{Field: "prompt", Message: "must not be empty"})
	}
	if !capabilitiesOf(t.Model).Image {
		faults = append(faults, module.RefuseImages(in, t.Model)...)
	}
	return faults
}
