package fashn

import (
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/tryon"
)

// Plan implements [module.Planner].
func (Driver) Plan(in tryon.Input, t module.Target) module.Plan {
	req, warnings := newRun(in, t.Model)
	count := max(1, in.N)
	facts := map[string]string{"resolution": req.Inputs.Resolution, "generation_mode": req.Inputs.GenerationMode}
	quote := t.Cost(facts, provider.Quantity{Unit: "image", N: int64(count)})
	return module.Plan{Count: count, Quote: quote, Warnings: warnings}
}
