package siliconflow

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// The ids of the vertical's models.
const (
	kolors   = "Kwai-Kolors/Kolors"
	qwen     = "Qwen/Qwen-Image"
	edit     = "Qwen/Qwen-Image-Edit"
	edit2509 = "Qwen/Qwen-Image-Edit-2509"
	flux     = "black-forest-labs/FLUX.2-pro"
)

func route() module.Route {
	return module.Sync(Vendor(), Driver{}, module.Terms{Models: []module.Model{{ID: kolors, Prices: Free}, {ID: qwen}}, CountField: "n"}).Route
}

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	type plan = providertest.Plan
	cases := []struct {
		name, model, input string
		want               plan
	}{
		{"text", kolors, `{}`, plan{Count: 1, Free: true}},
		{"several", kolors, `{"n":9}`, plan{Count: 9, Free: true}},
		{"everything of Kolors", kolors, `{"negative_prompt":"x","image":"a","size":"1280x720","seed":0,"num_inference_steps":100,"guidance_scale":0}`, plan{Count: 1, Free: true}},
		{"what Kolors lacks", kolors, `{"cfg":4,"output_format":"png"}`, plan{Count: 1, Free: true, Warnings: []string{"cfg ignored: Kwai-Kolors/Kolors does not support it.", "output_format ignored"}}},
		{"two images for Kolors", kolors, `{"image":"a","images":["b"]}`, plan{Count: 1, Free: true, Faults: []string{"images"}}},
		{"old fields", kolors, `{"image_url":"a","mode":"img2img","strength":0.8,"seed":1}`, plan{Count: 1, Free: true, Warnings: []string{"strength ignored: Kwai-Kolors/Kolors does not support it."}}},
		{"old mode without an image", kolors, `{"mode":"text2img"}`, plan{Count: 1, Free: true}},
		{"old mode against an image", kolors, `{"mode":"text2img","image_url":"a"}`, plan{Count: 1, Free: true, Warnings: []string{"mode text2img ignored: an input image is given."}}},
		{"old mode that lacks an image", kolors, `{"mode":"img2img"}`, plan{Count: 1, Free: true, Faults: []string{"image"}}},
		{"blank prompt", kolors, `{"prompt":" "}`, plan{Count: 1, Free: true, Faults: []string{"prompt"}}},
		{"everything of Qwen-Image", qwen, `{"negative_prompt":"x","size":"1056x1584","num_inference_steps":50,"cfg":4}`, plan{Count: 1}},
		{"size of Qwen-Image", qwen, `{"size":"1024x1024"}`, plan{Count: 1, Warnings: []string{"size 1024x1024 rounded to the nearest supported value, 1328x1328."}}},
		{"tall size of Qwen-Image", qwen, `{"size":"720x1280","n":2}`, plan{Count: 2, Warnings: []string{"size 720x1280 rounded to the nearest supported value, 928x1664."}}},
		{"what Qwen-Image lacks", qwen, `{"image":"a","guidance_scale":7}`, plan{Count: 1, Warnings: []string{"guidance_scale ignored"}, Faults: []string{"image"}}},
		{"edit", edit, `{"image":"a","negative_prompt":"x","num_inference_steps":40}`, plan{Count: 1}},
		{"edit without an image", edit, `{}`, plan{Count: 1, Faults: []string{"image"}}},
		{"what an edit lacks", edit, `{"image":"a","size":"1024x1024","cfg":4}`, plan{Count: 1, Warnings: []string{"size ignored: the image of Qwen/Qwen-Image-Edit has the size of its input.", "cfg ignored"}}},
		{"edit of two images", edit, `{"images":["a","b"]}`, plan{Count: 1, Faults: []string{"images"}}},
		{"edit of three images", edit2509, `{"image":"a","images":["b","c"]}`, plan{Count: 1}},
		{"edit of four images", edit2509, `{"image":"a","images":["b","c","d"]}`, plan{Count: 1, Faults: []string{"images"}}},
		{"a later edit model", "Qwen/Qwen-Image-Edit-2611", `{"images":["a","b","c"]}`, plan{Count: 1}},
		{"FLUX.2", flux, `{"size":"1024x576","output_format":"jpeg","seed":9999999999}`, plan{Count: 1}},
		{"what FLUX.2 lacks", flux, `{"negative_prompt":"x","num_inference_steps":1,"image":"a","size":"1000x1000"}`, plan{
			Count: 1, Warnings: []string{"size 1000x1000 rounded to the nearest supported value, 512x512.", "negative_prompt ignored", "num_inference_steps ignored"}, Faults: []string{"image"},
		}},
		{"another FLUX", "Pro/black-forest-labs/FLUX.1-schnell", `{"size":"1000x1000","image":"a"}`, plan{Count: 1, Faults: []string{"image"}}},
		{"Kontext", "FLUX.1-Kontext-pro", `{"image":"a"}`, plan{Count: 1}},
		{"Kolors of a gateway", "Pro/kolors", `{"n":5}`, plan{Count: 5}},
		{"no known family", "Tongyi/Z", `{"negative_prompt":"x","images":["a","b","c"],"size":"64x64","num_inference_steps":4,"guidance_scale":0,"cfg":1,"output_format":"png"}`, plan{Count: 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := Input{Prompt: "a fox"}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			c.want.Of(t, route(), c.model, in)
		})
	}
}

// Only Kolors makes several images per request.
func TestPerRequest(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]int{kolors: 4, "Pro/Kolors": 4, qwen: 0, edit: 0, edit2509: 0, flux: 0, "unknown": 0} {
		if p := (Driver{}).Plan(Input{N: 10}, module.Target{Model: model}); p.PerRequest != want || p.Count != 10 {
			t.Errorf("%s: %d of %d per request, want %d", model, p.PerRequest, p.Count, want)
		}
	}
}

// A model of the other site's catalogue is sent, with a warning.
func TestCatalogueOfTheOtherSite(t *testing.T) {
	t.Parallel()
	const cn, com = "https://api.siliconflow.cn/v1", "https://api.siliconflow.com/v1"
	for _, c := range []struct {
		base, model string
		warns       bool
	}{
		{cn, kolors, false},
		{com, kolors, true},
		{com, edit, true},
		{com, flux, false},
		{cn, flux, true},
		{cn, "unknown", false},
		{"https://gateway.example/v1", flux, false},
		{"", flux, false},
	} {
		p := Driver{}.Plan(Input{}, module.Target{Model: c.model, BaseURL: c.base})
		if warns := len(p.Warnings) == 1 && strings.Contains(p.Warnings[0], "may not be served"); warns != c.warns {
			t.Errorf("%s at %s: %q", c.model, c.base, p.Warnings)
		}
	}
	for base, official := range map[string]bool{cn: true, com: true, "https://api.siliconflow.example/v1": false} {
		if Vendor().IsOfficialHost(base) != official {
			t.Errorf("official host %s: %t", base, !official)
		}
	}
}

// The seed of a group's child may be above the range: it starts again at 0.
func TestSeedOfAGroup(t *testing.T) {
	t.Parallel()
	for given, want := range map[int64]int64{0: 0, 9_999_999_999: 9_999_999_999, 10_000_000_002: 2} {
		if r, _ := (Input{Seed: &given}).request(qwen, capabilitiesOf(qwen)); r.Seed == nil || *r.Seed != want {
			t.Errorf("seed %d is sent as %v", given, r.Seed)
		}
	}
}

// An input in the common vocabulary.
func TestCommon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ input, want string }{
		"defaults": {`{"prompt":"a fox","n":1}`, `{"prompt":"a fox","n":1,"other":{}}`},
		"all": {
			`{"prompt":"a fox","model":"m","negative_prompt":"snow","image":"a","images":["c"],"image_url":"b","n":4,"size":"960x1280","seed":9999999999,"num_inference_steps":30,"guidance_scale":0,"cfg":4,"output_format":"jpeg","mode":"img2img","strength":0.5}`,
			`{"prompt":"a fox","n":4,"size":"960x1280","negative":"snow","seed":9999999999,"images":["a","b","c"],"format":"jpeg","other":{"cfg":4,"guidance_scale":0,"num_inference_steps":30,"strength":0.5}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in Input
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			got := in.Common()
			text, err := json.Marshal(struct {
				Prompt   string         `json:"prompt"`
				N        int            `json:"n"`
				Size     string         `json:"size,omitempty"`
				Negative string         `json:"negative,omitempty"`
				Seed     *int64         `json:"seed,omitempty"`
				Images   any            `json:"images,omitempty"`
				Format   string         `json:"format,omitempty"`
				Other    map[string]any `json:"other"`
			}{got.Prompt, got.N, got.Size, got.NegativePrompt, got.Seed, images(got.Images), got.OutputFormat, got.Other})
			if err != nil || string(text) != c.want {
				t.Errorf("%v: %s, want %s", err, text, c.want)
			}
		})
	}
}

// images is nil for an empty list, so that omitempty leaves it out.
func images[T any](list []T) any {
	if len(list) == 0 {
		return nil
	}
	return list
}
