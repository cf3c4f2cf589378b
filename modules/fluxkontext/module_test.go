package fluxkontext_test

import (
	"encoding/json"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider/providertest"
	"aigc/modules/fluxkontext"
	"aigc/modules/internal/bfl"
	bflsandbox "aigc/modules/internal/bfl/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, fluxkontext.Module, nil) }

// An edit of several images, and an image from a prompt alone.
func TestGenerate(t *testing.T) {
	cases := []struct{ model, input string }{
		{"flux-kontext-pro", `{"prompt":"make it blue","input_image":"fox","input_images":["den"],"aspect_ratio":"4:3","output_format":"jpeg","safety_tolerance":6}`},
		{"flux-kontext-max", `{"prompt":"a red fox","seed":7,"prompt_upsampling":true}`},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: fluxkontext.Module, Sandbox: bflsandbox.New(c.model), Operation: "fluxkontext.generate", Model: c.model, Input: c.input,
				Reason:  "Sandbox Request",
				Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown}, // not documented
				Lacks:   []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Cancel},
			})
		})
	}
}

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	route := module.Async[bfl.KontextInput](bfl.Vendor(), bfl.KontextDriver{}, module.Terms{Models: fluxkontext.Models}).Route
	cases := []struct {
		name, model, input string
		faults, warnings   []string // fields; first words
		quote              float64  // 0: none
	}{
		{name: "least", model: "flux-kontext-pro", input: `{}`, quote: 0.04},
		{name: "three", model: "flux-kontext-max", input: `{"n":3}`, quote: 0.24},
		{name: "input images are free", model: "flux-kontext-max", input: `{"input_image":"a","input_images":["b"]}`, quote: 0.08},
		{name: "blank prompt", model: "flux-kontext-pro", input: `{"prompt":" "}`, faults: []string{"prompt"}, quote: 0.04},
		{name: "four images", model: "flux-kontext-pro", input: `{"input_images":["a","b","c","d"]}`, quote: 0.04},
		{name: "five images", model: "flux-kontext-pro", input: `{"input_image":"a","input_images":["b","c","d","e"]}`, faults: []string{"input_images"}, quote: 0.04},
		{name: "every field", model: "flux-kontext-pro", input: `{"input_image":"a","aspect_ratio":"9:21","seed":1,"output_format":"webp","safety_tolerance":6,"prompt_upsampling":true}`, quote: 0.04},
		{name: "fields of the replaced service", model: "flux-kontext-pro", input: `{"context_image":"a","strength":0.8,"seed":1}`, warnings: []string{"strength ignored"}, quote: 0.04},
		{name: "old and new name", model: "flux-kontext-pro", input: `{"context_image":"a","input_image":"b"}`, faults: []string{"context_image"}, quote: 0.04},
		{name: "one image by both names", model: "flux-kontext-pro", input: `{"context_image":"a","input_image":"a"}`, quote: 0.04},
		{name: "unknown model", model: "kontext-of-a-gateway", input: `{"input_image":"a","aspect_ratio":"1:1","safety_tolerance":6,"prompt_upsampling":true}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := bfl.KontextInput{Prompt: "x", N: 1}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: in.N, Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route, c.model, in)
		})
	}
}
