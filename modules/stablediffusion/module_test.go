package stablediffusion_test

import (
	"testing"

	"aigc/app/fault"
	"aigc/app/provider/providertest"
	stabilitysandbox "aigc/modules/internal/stability/sandbox"
	"aigc/modules/stablediffusion"
)

func TestWire(t *testing.T) { providertest.Wire(t, stablediffusion.Module, nil) }

// Each family with the fields that only it supports.
func TestCreate(t *testing.T) {
	cases := []struct{ name, model, input string }{
		{"text", "sd3.5-large", `{"prompt":"a red fox","negative_prompt":"snow","aspect_ratio":"16:9","seed":42,"cfg_scale":4.5,"output_format":"jpeg"}`},
		{"image", "sd3.5-medium", `{"prompt":"a red fox","image":"fox","strength":0,"aspect_ratio":"16:9"}`},
		{"ultra", "stable-image-ultra", `{"prompt":"a red fox","image":"fox","strength":0.7,"aspect_ratio":"21:9","negative_prompt":"snow","output_format":"jpeg"}`},
		{"core", "stable-image-core", `{"prompt":"a red fox","image":"fox","style_preset":"low-poly","size":"1920x1080","output_format":"jpeg","cfg_scale":7}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: stablediffusion.Module, Sandbox: stabilitysandbox.New("sd3.5-large", "sd3.5-medium"),
				Operation: "stablediffusion.create", Model: c.model, Input: c.input,
				Reason:  "flagged by our content moderation",
				Charges: map[string]fault.Charge{"refuse-output": fault.ChargedYes}, // counted as a successful generation
				Lacks:   []providertest.Ability{providertest.Overload, providertest.Inline, providertest.Address},
			})
		})
	}
}
