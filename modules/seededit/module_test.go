package seededit_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider/providertest"
	arksandbox "aigc/modules/internal/ark/sandbox"
	jimengsandbox "aigc/modules/internal/jimeng/sandbox"
	"aigc/modules/seededit"
)

func TestWire(t *testing.T) { providertest.Wire(t, seededit.Module, nil) }

func TestArk(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		Module: seededit.Module, Sandbox: arksandbox.New(ids(seededit.Models)...), Operation: "seededit.generate",
		Input:  `{"prompt":"make it blue","image_url":"fox","images":["den"],"size":"2K"}`,
		Reason: "may contain sensitive information",
		Lacks:  []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Probe},
	})
}

// The second route: the models of Volcengine's access keys.
func TestJimeng(t *testing.T) {
	for model, input := range map[string]string{
		"jimeng_i2i_v30":          `{"prompt":"make it blue","image_url":"fox","strength":0.8,"seed":7,"aspect_ratio":"3:4"}`,
		"seededit_v3.0":           `{"prompt":"make it blue","image":"fox","strength":0.2}`,
		"jimeng_seedream46_cvtob": `{"prompt":"make it blue","image":"fox","images":["den"],"strength":0.5,"size":"1K"}`,
	} {
		t.Run(model, func(t *testing.T) {
			unknown := fault.ChargedUnknown // it is not documented that a refused or failed job is free
			providertest.Run(t, providertest.Harness{
				Module: seededit.Module, Sandbox: jimengsandbox.New(ids(seededit.JimengModels)...), Operation: "seededit.generate", Vendor: "jimeng",
				Model: model, Input: input, Reason: "Text Risk Not Pass", Charges: map[string]fault.Charge{"refuse": unknown, "refuse-output": unknown, "fail": unknown},
				Lacks: []providertest.Ability{providertest.Balance, providertest.Overload, providertest.Probe, providertest.Cancel, providertest.Progress, providertest.Inline},
			})
		})
	}
}

func ids(models []module.Model) (all []string) {
	for _, m := range models {
		all = append(all, m.ID)
	}
	return all
}
