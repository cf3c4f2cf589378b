package hunyuan_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/modules/hunyuan"
	tencentsandbox "aigc/modules/internal/tencent/sandbox"
	tokenhubsandbox "aigc/modules/internal/tokenhub/sandbox"
)

func TestWire(t *testing.T) {
	providertest.Wire(t, hunyuan.Module, func(_ string, a *provider.Account) {
		if a.Vendor == "tencent" {
			a.AccessKey = "access-key"
		}
	})
}

// The route to Tencent Cloud. It is not documented that a job that fails, also for its
// content, is free. No free call needs the key; a job cannot be canceled and has no
// progress.
func TestTencent(t *testing.T) {
	for name, input := range map[string]string{
		"text":   `{"prompt":"a red fox","size":"1280x720","seed":7}`,
		"images": `{"prompt":"make it blue","image":"fox","images":["den","cub"],"aspect_ratio":"4:3","revise":true,"watermark":true,"logo_image":"logo","logo_rect":{"x":10,"y":10,"width":64,"height":64}}`,
	} {
		t.Run(name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: hunyuan.Module, Sandbox: tencentsandbox.New(), Operation: "hunyuan.create", Input: input, Reason: "illegal information",
				Charges: map[string]fault.Charge{"refuse-output": fault.ChargedUnknown, "fail": fault.ChargedUnknown},
				Lacks:   []providertest.Ability{providertest.Overload, providertest.Probe, providertest.Cancel, providertest.Progress, providertest.Inline},
			})
		})
	}
}

// The route to TokenHub. It is not documented that a refusal is free. No free call needs
// the key, and no overload is documented as not accepted.
func TestTokenHub(t *testing.T) {
	for _, c := range []struct{ name, model, input string }{
		{"3.0", "hunyuan-image-3.0", `{"prompt":"a red fox","resolution":"1024:768","seed":7,"footnote":"aigc"}`},
		{"3.0 with images", "hunyuan-image-3.0", `{"prompt":"make it blue","images":["fox","den","cub"],"revise":true}`},
		{"3.5", "hy-image-v3.5-preview", `{"prompt":"a red fox","generate_max_pixels":1048576}`},
		{"3.5 with images", "hy-image-v3.5-preview", `{"prompt":"make it blue","image":"fox","images":["den"],"size":"800x600"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: hunyuan.Module, Sandbox: tokenhubsandbox.New(), Operation: "hunyuan.create", Vendor: "tokenhub", Model: c.model, Input: c.input, Reason: "safety policy",
				Charges: map[string]fault.Charge{"refuse": fault.ChargedUnknown, "refuse-output": fault.ChargedUnknown},
				Lacks:   []providertest.Ability{providertest.Overload, providertest.Probe, providertest.Inline},
			})
		})
	}
}
