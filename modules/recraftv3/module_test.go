package recraftv3_test

import (
	"testing"

	"aigc/app/provider/providertest"
	recraftsandbox "aigc/modules/internal/recraft/sandbox"
	"aigc/modules/recraftv3"
)

func TestWire(t *testing.T) { providertest.Wire(t, recraftv3.Module, nil) }

// The fields of V3, a vector style of the raster model, and an input image.
func TestCreate(t *testing.T) {
	cases := []struct{ name, input string }{
		{"text", `{"prompt":"a red fox","style":"digital_illustration","substyle":"pixel_art","negative_prompt":"snow","size":"4:3",
			"controls":{"artistic_level":2,"colors":[{"rgb":[20,60,90],"weight":0.6}],"background_color":{"rgb":[0,0,0]},"no_text":true},
			"text_layout":[{"text":"FOX","bbox":[[0,0],[1,0],[1,0.2],[0,0.2]]}]}`},
		{"vector style", `{"prompt":"a red fox","substyle":"line_art"}`},
		{"image", `{"prompt":"make it blue","image":"fox","strength":0,"style_id":"0f3c2a9e-1111-4a5b-9c11-2f2f2f2f2f2f","style_match":"precise"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: recraftv3.Module, Sandbox: recraftsandbox.New("recraftv3", "recraftv3_vector"), Operation: "recraftv3.create",
				Input: c.input, Reason: "content moderation",
				Lacks: []providertest.Ability{providertest.Inline, providertest.Overload, providertest.RefusedOutput},
			})
		})
	}
}
