package flux_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider/providertest"
	"aigc/modules/flux"
	bflsandbox "aigc/modules/internal/bfl/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, flux.Module, nil) }

// One model of each kind: width and height, aspect ratio with input images,
// image_prompt.
func TestCreate(t *testing.T) {
	cases := []struct{ model, input string }{
		{"flux-2-pro", `{"prompt":"a red fox","width":512,"height":256,"output_format":"png"}`},
		{"flux-3-image", `{"prompt":"make it blue","input_image":"fox","input_images":["den"],"aspect_ratio":"1:1","resolution":"768sq","seed":5}`},
		{"flux-dev", `{"prompt":"a red fox","image_prompt":"fox","steps":20,"width":256,"height":256}`},
	}
	for _, c := range cases {
		t.Run(c.model, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: flux.Module, Sandbox: bflsandbox.New(c.model), Operation: "flux.create", Model: c.model, Input: c.input,
				Reason:  "Sandbox Request",
				Charges: map[string]fault.Charge{"fail": fault.ChargedUnknown}, // not documented
				Lacks:   []providertest.Ability{providertest.Inline, providertest.Overload, providertest.Cancel},
			})
		})
	}
}
