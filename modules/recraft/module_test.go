package recraft_test

import (
	"testing"

	"aigc/app/provider/providertest"
	recraftsandbox "aigc/modules/internal/recraft/sandbox"
	"aigc/modules/recraft"
)

func TestWire(t *testing.T) { providertest.Wire(t, recraft.Module, nil) }

// Each endpoint, raster and vector images, and a custom style.
func TestGenerate(t *testing.T) {
	cases := []struct {
		name, model, input string
		results            int
	}{
		{"text", "recraftv4_1", `{"prompt":"a red fox","size":"16:9","n":2,"seed":7}`, 2},
		{"vector", "recraftv4_1_pro_vector", `{"prompt":"a red fox","size":"1:1"}`, 1},
		{"image", "recraftv4", `{"prompt":"make it blue","image":"fox","strength":0.3,"image_format":"webp"}`, 1},
		{"mask", "recraftv2", `{"prompt":"a hat","image":"fox","mask":"mask","style":"realistic"}`, 1},
		{"style", "recraftv4_1", `{"prompt":"a red fox","style_references":["fox","den"],"style_match":"flexible"}`, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: recraft.Module, Sandbox: recraftsandbox.New(c.model, "recraftv4_styles"), Operation: "recraft.generate", Model: c.model,
				Input: c.input, Results: c.results, Reason: "content moderation",
				Lacks: []providertest.Ability{providertest.Inline, providertest.Overload, providertest.RefusedOutput},
			})
		})
	}
}
