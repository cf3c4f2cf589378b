package stability

import (
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// route has price lists like those of the vertical.
func route() module.Route {
	return module.Sync[Input](Vendor(), Generator{}, module.Terms{Models: []module.Model{
		{ID: "sd3.5-large", Prices: Credits(6.5)}, {ID: "sd3.5-large-turbo", Prices: Credits(4)}, {ID: "sd3.5-flash", Prices: Credits(2.5)},
		{ID: "stable-image-ultra", Prices: Credits(8)}, {ID: "stable-image-core", Prices: Credits(3)},
	}}).Route
}

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	const large, turbo, ultra, core = "sd3.5-large", "sd3.5-large-turbo", "stable-image-ultra", "stable-image-core"
	cases := []struct {
		name, model, input string
		faults, warnings   []string // fields; first words
		quote              float64  // 0: none
		count              int
	}{
		{name: "least", model: large, input: `{}`, quote: 0.065, count: 1},
		{name: "ten", model: "sd3.5-flash", input: `{"n":10}`, quote: 0.25, count: 10},
		{name: "blank prompt", model: core, input: `{"prompt":" \n"}`, faults: []string{"prompt"}, quote: 0.03, count: 1},
		{name: "all of text to image", model: large, input: `{"negative_prompt":"y","aspect_ratio":"9:21","seed":0,"cfg_scale":1,"output_format":"jpeg","user":"u"}`, quote: 0.065, count: 1},
		{name: "all of image to image", model: large, input: `{"negative_prompt":"y","image":"a","strength":1,"seed":1,"cfg_scale":10,"output_format":"png"}`, quote: 0.065, count: 1},
		{name: "no shape beside an image", model: large, input: `{"image":"a","aspect_ratio":"16:9"}`, warnings: []string{"aspect_ratio ignored: sd3.5-large keeps the shape of the input image."}, quote: 0.065, count: 1},
		{name: "nor a size", model: large, input: `{"image":"a","size":"1024x1024"}`, warnings: []string{"size ignored: sd3.5-large keeps"}, quote: 0.065, count: 1},
		{name: "strength without an image", model: large, input: `{"strength":0}`, warnings: []string{"strength ignored: it needs an input image."}, quote: 0.065, count: 1},
		{name: "webp", model: large, input: `{"output_format":"webp"}`, warnings: []string{"output_format webp replaced by png: sd3.5-large supports png and jpeg."}, quote: 0.065, count: 1},
		{name: "preset", model: large, input: `{"style_preset":"anime"}`, warnings: []string{"style_preset ignored: sd3.5-large does not support it."}, quote: 0.065, count: 1},
		{name: "turbo", model: turbo, input: `{"negative_prompt":"y","cfg_scale":1.5}`, warnings: []string{"negative_prompt ignored: sd3.5-large-turbo"}, quote: 0.04, count: 1},
		{name: "all of ultra", model: ultra, input: `{"negative_prompt":"y","image":"a","strength":0.5,"aspect_ratio":"3:2","seed":1,"output_format":"webp"}`, quote: 0.08, count: 1},
		{name: "not ultra", model: ultra, input: `{"cfg_scale":4,"style_preset":"anime"}`, warnings: []string{"cfg_scale ignored", "style_preset ignored"}, quote: 0.08, count: 1},
		{name: "all of core", model: core, input: `{"negative_prompt":"y","aspect_ratio":"3:2","seed":1,"style_preset":"anime","output_format":"webp"}`, quote: 0.03, count: 1},
		{name: "not core", model: core, input: `{"image":"a","strength":0.5,"cfg_scale":4}`, warnings: []string{"strength ignored", "cfg_scale ignored"}, faults: []string{"image"}, quote: 0.03, count: 1},
		{name: "core refuses an image", model: core, input: `{"image":"a","aspect_ratio":"3:2"}`, faults: []string{"image"}, quote: 0.03, count: 1},
		{name: "ratio as size", model: large, input: `{"size":"16:9"}`, quote: 0.065, count: 1},
		{name: "old ratio", model: large, input: `{"size":"3:4"}`, warnings: []string{"size 3:4 rounded to the nearest supported value, 4:5."}, quote: 0.065, count: 1},
		{name: "common ratio", model: large, input: `{"aspect_ratio":"4:3"}`, warnings: []string{"aspect_ratio 4:3 rounded to the nearest supported value, 5:4."}, quote: 0.065, count: 1},
		{name: "pixels", model: large, input: `{"size":"1024x1024"}`, warnings: []string{"size 1024x1024 replaced by aspect_ratio 1:1: sd3.5-large does not support sizes in pixels."}, quote: 0.065, count: 1},
		{name: "very tall", model: large, input: `{"size":"64x4096"}`, warnings: []string{"size 64x4096 replaced by aspect_ratio 9:21"}, quote: 0.065, count: 1},
		{name: "both", model: large, input: `{"size":"1:1","aspect_ratio":"16:9"}`, warnings: []string{"size ignored: aspect_ratio sets the shape already."}, quote: 0.065, count: 1},
		{name: "unknown model", model: "sd9", input: `{"negative_prompt":"y","image":"a","cfg_scale":4}`, count: 1},
		{name: "unknown turbo", model: "sd9-turbo", input: `{"negative_prompt":"y"}`, warnings: []string{"negative_prompt ignored"}, count: 1},
		{name: "unknown core", model: "stable-image-core-2", input: `{"style_preset":"anime","cfg_scale":4}`, warnings: []string{"cfg_scale ignored"}, count: 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := Input{Prompt: "x"}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: c.count, Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route(), c.model, in)
		})
	}
}

// Every ratio of the vendor and of the replaced service.
func TestNearestRatio(t *testing.T) {
	t.Parallel()
	for _, r := range ratios {
		if got := nearestRatio(r); got != r {
			t.Errorf("%s became %s", r, got)
		}
	}
	for text, want := range map[string]string{"3:4": "4:5", "4:3": "5:4", "1344x768": "16:9", "1024x1536": "2:3", "99999x1": "21:9", "1x2": "9:16", "auto": ""} {
		if got := nearestRatio(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The seed that is sent. 0 means a random one, also of several images; the seed after the
// largest is not 0.
func TestSeed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, input, want string
		random            bool
	}{
		{"none", `{"prompt":"x"}`, "", true},
		{"random", `{"prompt":"x","n":3,"seed":0}`, "", true},
		{"least", `{"prompt":"x","seed":1}`, "1", false},
		{"largest", `{"prompt":"x","seed":4294967294}`, "4294967294", false},
		{"of a further image", `{"prompt":"x","seed":4294967295}`, "1", false},
		{"of another", `{"prompt":"x","seed":4294967296}`, "2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var in Input
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			r, _ := in.request("sd3.5-large")
			if p := (Generator{}).Plan(in, module.Target{}); r.Seed != c.want || p.RandomSeed != c.random {
				t.Errorf("seed %q, random %v; want %q, %v", r.Seed, p.RandomSeed, c.want, c.random)
			}
		})
	}
}
