package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox/sandboxtest"
	"aigc/modules/internal/recraft"
)

// The imitation refuses unknown fields and sizes, but accepts every field and size of
// the client.
func TestClientSendsKnownFields(t *testing.T) {
	t.Parallel()
	models := []string{"recraftv4_1", "recraftv4_1_pro", "recraftv4_1_vector", "recraftv4_styles", "recraftv3", "recraftv2"}
	i := New(models...)
	account := i.Account(sandboxtest.Start(t, i).Root())
	send := func(name, model string, in recraft.Input) {
		t.Run(name+" of "+model, func(t *testing.T) {
			t.Parallel()
			c := provider.Call{Task: "t", Submit: "s", Model: model, Account: account, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
			if a, err := (recraft.Generator{}).Generate(t.Context(), c, in); err != nil || len(a.Results) != max(1, in.N) || a.Cost == nil {
				t.Errorf("%d results, cost %v, %v", len(a.Results), a.Cost, err)
			}
		})
	}
	var all recraft.Input
	if err := json.Unmarshal([]byte(`{"prompt":"a fox","n":6,"style":"any","negative_prompt":"y","seed":1,"image_format":"webp","creativity":"standard","upscale":"upscale4mp",
		"controls":{"colors":[{"rgb":[0,128,255],"weight":1,"std":0.5}],"background_color":{"rgb":[1,2,3]},"no_text":true,"artistic_level":5},
		"text_layout":[{"text":"FOX","bbox":[[0,0],[1,0],[1,1],[0,1]]}],"block_nsfw":true,"calculate_features":true,"expire":true}`), &all); err != nil {
		t.Fatal(err)
	}
	custom := all
	custom.StyleID, custom.StyleMatch = "0f3c2a9e-1111-4a5b-9c11-2f2f2f2f2f2f", "flexible"
	for _, model := range models[:3] {
		send("fields", model, all)
	}
	send("custom style", "recraftv4_styles", custom)
	for _, model := range models[4:] {
		send("fields", model, all)
		send("custom style", model, custom)
	}
	for _, size := range []string{"1:1", "16:9", "9:16", "3:2", "5:4", "2:1", "6:10", "14:10", "1024x1707", "333x777"} {
		for _, model := range []string{"recraftv4_1", "recraftv4_1_pro", "recraftv3"} {
			send(size, model, recraft.Input{Prompt: "a fox", Size: size})
		}
	}
}

// The client and the imitation have the same styles and substyles: the client leaves out
// those that the model lacks, with a warning.
func TestClientSendsKnownStyles(t *testing.T) {
	t.Parallel()
	route := module.Sync[recraft.Input](recraft.Vendor(), recraft.Generator{}, module.Terms{}).Route
	var all []string
	for _, styles := range substyles {
		for _, list := range styles {
			all = append(all, strings.Fields(list)...)
		}
	}
	if len(all) != 85+44 {
		t.Errorf("%d substyles; the documentation has 85 of V3 and 44 of V2", len(all))
	}
	all = append(all, "banana")
	for generation, styles := range substyles {
		for style, list := range styles {
			model := generation
			if style == "vector_illustration" || style == "icon" {
				model += "_vector"
			}
			for _, substyle := range all {
				input, err := json.Marshal(recraft.Input{Prompt: "x", N: 1, Style: style, Substyle: substyle})
				if err != nil {
					t.Fatal(err)
				}
				p, err := route.Plan(input, route.Target(model))
				if known := slices.Contains(strings.Fields(list), substyle); err != nil || known != (len(p.Warnings) == 0) {
					t.Errorf("%s: %s of %s is known to the imitation: %t; the client warns %q", model, substyle, style, known, p.Warnings)
				}
			}
		}
	}
}
