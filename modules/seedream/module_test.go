package seedream_test

import (
	"testing"

	"aigc/app/provider/providertest"
	arksandbox "aigc/modules/internal/ark/sandbox"
	"aigc/modules/seedream"
)

func TestWire(t *testing.T) { providertest.Wire(t, seedream.Module, nil) }

// One model of each kind: strict, with pictures; a series; and an endpoint.
func TestGenerate(t *testing.T) {
	cases := []struct {
		model, input string
		results      int
		lacks        []providertest.Ability
	}{
		{"doubao-seedream-5-5-261028", `{"prompt":"make it blue","image":"fox","images":["den"],"size":"1K","output_format":"jpeg","watermark":true,"optimize_prompt_options":{"thinking":"auto"}}`, 1, nil},
		{"seedream-4-0-250828", `{"prompt":"a red fox","size":"1K","sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":2}}`, 2,
			[]providertest.Ability{providertest.RefusedOutput}}, // one picture of a series is refused, not all of it
		{"ep-20261101-abcde", `{"prompt":"a red fox","size":"1K","aspect_ratio":"16:9"}`, 1, nil},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: seedream.Module, Sandbox: arksandbox.New(ids()...), Operation: "seedream.generate", Model: c.model, Input: c.input, Results: c.results,
				Reason: "may contain sensitive information",
				// An overload is a 429 here; there is no free call.
				Lacks: append(c.lacks, providertest.Inline, providertest.Overload, providertest.Probe),
			})
		})
	}
}

func ids() (all []string) {
	for _, m := range seedream.Models {
		all = append(all, m.ID)
	}
	return all
}
