package seedream_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider/providertest"
	arksandbox "aigc/modules/internal/ark/sandbox"
	jimengsandbox "aigc/modules/internal/jimeng/sandbox"
	"aigc/modules/seedream"
)

func TestWire(t *testing.T) { providertest.Wire(t, seedream.Module, nil) }

// One model of each kind: with input images, a series, and an endpoint.
func TestGenerate(t *testing.T) {
	cases := []struct {
		model, input string
		results      int
		lacks        []providertest.Ability
	}{
		{"doubao-seedream-5-5-261028", `{"prompt":"make it blue","image":"fox","images":["den"],"size":"1K","output_format":"jpeg","watermark":true,"optimize_prompt_options":{"thinking":"auto"}}`, 1, nil},
		{"seedream-4-0-250828", `{"prompt":"a red fox","size":"1K","sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":2}}`, 2,
			[]providertest.Ability{providertest.RefusedOutput}}, // one image of a series is refused, not the whole answer
		{"ep-20261101-abcde", `{"prompt":"a red fox","size":"1K","aspect_ratio":"16:9"}`, 1, nil},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: seedream.Module, Sandbox: arksandbox.New(ids(seedream.Models)...), Operation: "seedream.generate", Model: c.model, Input: c.input, Results: c.results,
				Reason: "may contain sensitive information",
				// An overload is a 429; no free call needs the key.
				Lacks: append(c.lacks, providertest.Inline, providertest.Overload, providertest.Probe),
			})
		})
	}
}

// The second route: the models of Volcengine's access keys.
func TestJimeng(t *testing.T) {
	cases := []struct {
		model, input string
		results      int
	}{
		{"jimeng_seedream46_cvtob", `{"prompt":"a red fox","image":"fox","images":["den"],"size":"1K","scale":0.8,"watermark":true,"logo_info":{"position":1,"language":1}}`, 1},
		{"jimeng_t2i_v40", `{"prompt":"a red fox","size":"1K","sequential_image_generation":"auto"}`, 3},
		{"jimeng_t2i_v31", `{"prompt":"a red fox","aspect_ratio":"16:9","seed":7,"use_pre_llm":false}`, 1},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: seedream.Module, Sandbox: jimengsandbox.New(ids(seedream.JimengModels)...), Operation: "seedream.generate", Vendor: "jimeng",
				Model: c.model, Input: c.input, Results: c.results, Reason: "Text Risk Not Pass", Charges: jimengCharges, Lacks: jimengLacks,
			})
		})
	}
}

// It is not documented that a refused or failed job is free.
var jimengCharges = map[string]fault.Charge{"refuse": fault.ChargedUnknown, "refuse-output": fault.ChargedUnknown, "fail": fault.ChargedUnknown}

// The vendor has no error for an empty balance or an overload, no free call, no
// cancel and no progress.
var jimengLacks = []providertest.Ability{providertest.Balance, providertest.Overload, providertest.Probe, providertest.Cancel, providertest.Progress, providertest.Inline}

func ids(models []module.Model) (all []string) {
	for _, m := range models {
		all = append(all, m.ID)
	}
	return all
}
