package zhipu

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner].
func (Driver) Plan(in Input, t module.Target) module.Plan {
	_, warnings := in.request(t.Model, t.BaseURL)
	p := module.Plan{Count: max(1, in.N), Warnings: warnings}
	p.Quote = t.Cost(priceFacts(t.BaseURL), images(p.Count))
	return p
}

// Check implements [module.Checker]. A size that another model supports is no fault:
// the nearest is sent.
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	var faults []module.FieldError
	if strings.TrimSpace(in.Prompt) == "" {
		faults = append(faults, module.FieldError{Field: "prompt", Message: "must not be empty"})
	}
	w, h, ok := provider.ParseSize(in.Size)
	if ok && cogView4.checkSize(w, h) != "" && glmImage.checkSize(w, h) != "" {
		faults = append(faults, module.FieldError{Field: "size", Message: t.Model + ": " + capabilitiesOf(t.Model).checkSize(w, h)})
	}
	return faults
}
