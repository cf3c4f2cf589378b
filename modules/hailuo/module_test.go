package hailuo_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider/providertest"
	"aigc/modules/hailuo"
	minimaxsandbox "aigc/modules/internal/minimax/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, hailuo.Module, nil) }

// Each model with the fields that only it supports. Results of image-01 are base64
// within the answer, those of H3 URLs, and only image-01 has a code for a refused
// result.
func TestGenerate(t *testing.T) {
	image := []providertest.Ability{providertest.Overload, providertest.Address, providertest.Probe}
	h3 := []providertest.Ability{providertest.Overload, providertest.Inline, providertest.RefusedOutput, providertest.Probe}
	cases := []struct {
		name, model, input string
		results            int
		lacks              []providertest.Ability
	}{
		{"text", "image-01", `{"prompt":"a red fox","width":512,"height":640,"seed":5,"prompt_optimizer":true,"aigc_watermark":true}`, 1, image},
		{"person", "image-01", `{"prompt":"a red fox","image":"face","images":["other"],"aspect_ratio":"21:9"}`, 1, image},
		{"style", "image-01-live", `{"prompt":"a red fox","style":"水彩","image":"face","aspect_ratio":"9:16"}`, 1, image},
		{"H3", "MiniMax-H3-Image", `{"prompt":"a red fox","aspect_ratio":"2:3","area":"1K","n":2,"disable_prompt_enhanced":true}`, 2, h3},
		{"H3 edit", "MiniMax-H3-Image-Highspeed", `{"prompt":"a red fox","size":"1024x640","image":"fox","images":["den"],"output_format":"webp"}`, 1, h3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: hailuo.Module, Sandbox: minimaxsandbox.New(c.model), Operation: "hailuo.generate", Model: c.model, Input: c.input, Results: c.results,
				Reason:  "new_sensitive",
				Charges: map[string]fault.Charge{"refuse-output": fault.ChargedUnknown}, // not documented
				Lacks:   c.lacks,
			})
		})
	}
}
