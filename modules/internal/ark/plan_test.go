package ark

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/seedream"
)

// The plan of an input: size that is sent, faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	const lite, pro, flash = "seedream-5-0-260128", "seedream-5-0-pro-260628", "seedream-5-0-flash-260915"
	const v55, v45, v40, v30, edit = "seedream-5-5-261028", "seedream-4-5-251128", "seedream-4-0-250828", "seedream-3-0-t2i-250415", "seededit-3-0-i2i-250628"
	cases := []struct {
		name, model, input string
		size               string   // that is sent
		faults             []string // fields
		warnings           []string // their first words
		quote              float64  // 0: none
	}{
		{name: "least", model: v55, input: `{}`, size: "2K", quote: 0.035},
		{name: "blank prompt", model: v55, input: `{"prompt":" "}`, size: "2K", faults: []string{"prompt"}, quote: 0.035},
		{name: "small", model: v55, input: `{"size":"1K"}`, size: "1K", quote: 0.020},
		{name: "small by sides", model: v55, input: `{"size":"1024x1024"}`, size: "1024x1024", quote: 0.020},
		{name: "with input images", model: v55, input: `{"size":"1.5K","image":"a","images":["b"]}`, size: "1.5K", quote: 0.036},
		{name: "three", model: v45, input: `{"n":3}`, size: "2048x2048", quote: 0.12},
		{name: "the first input image is free", model: pro, input: `{"images":["a","b","c"]}`, size: "2K", quote: 0.096},
		{name: "small pro", model: pro, input: `{"size":"1536x1536","image":"a"}`, size: "1536x1536", quote: 0.045},
		{name: "flash", model: flash, input: `{}`, size: "2K", quote: 0.018},
		{name: "Volcengine bills in CNY", model: "doubao-seedream-4-5-251128", input: `{"n":2}`, size: "2048x2048", quote: 0.50},
		{name: "a price that Volcengine does not confirm", model: "doubao-seedream-5-5-261028", input: `{}`, size: "2K"},
		{name: "the other site", model: "dola-seedream-5-5-261028", input: `{"size":"1K"}`, size: "1K", quote: 0.020},
		{name: "a later version of a family", model: "seedream-5-0-pro-270101", input: `{}`, size: "2K", quote: 0.09},

		{name: "ratio", model: v45, input: `{"aspect_ratio":"9:16"}`, size: "1600x2848", quote: 0.04},
		{name: "ratio of a small tier", model: v55, input: `{"aspect_ratio":"16:9","size":"1.5K"}`, size: "2048x1152", quote: 0.020},
		{name: "ratio of a large tier", model: v40, input: `{"aspect_ratio":"2:3","size":"4K"}`, size: "3328x4992", quote: 0.03},
		{name: "ratio of an old model", model: v30, input: `{"aspect_ratio":"16:9"}`, size: "2720x1520", quote: 0.03},
		{name: "ratio and sides", model: v45, input: `{"aspect_ratio":"1:1","size":"2496x1664"}`, size: "2496x1664", warnings: []string{"aspect_ratio ignored"}, quote: 0.04},
		{name: "tier it lacks", model: v55, input: `{"size":"4K"}`, size: "2K", warnings: []string{"size 4K rounded to the nearest supported value, 2K"}, quote: 0.035},
		{name: "tier between two", model: v45, input: `{"size":"3K"}`, size: "4K", warnings: []string{"size 3K rounded to the nearest supported value, 4K"}, quote: 0.04},
		{name: "tier it lacks in a ratio", model: lite, input: `{"size":"1K","aspect_ratio":"4:3"}`, size: "2304x1728", warnings: []string{"size 1K rounded to the nearest supported value, 2304x1728"}, quote: 0.035},
		{name: "tier of a model without", model: v30, input: `{"size":"4K"}`, size: "2048x2048", warnings: []string{"size 4K rounded to the nearest supported value, 2048x2048"}, quote: 0.03},
		{name: "adaptive", model: v45, input: `{"size":"adaptive"}`, size: "2048x2048", warnings: []string{"size adaptive ignored"}, quote: 0.04},
		{name: "old size", model: lite, input: `{"size":"1024x1024"}`, size: "1920x1920", warnings: []string{"size 1024x1024 rounded to the nearest supported value, 1920x1920"}, quote: 0.035},
		{name: "too few pixels", model: v45, input: `{"size":"1280x720"}`, size: "1280x720", faults: []string{"size"}, quote: 0.04},
		{name: "too many pixels", model: v55, input: `{"size":"4096x4096"}`, size: "4096x4096", faults: []string{"size"}, quote: 0.035},
		{name: "too long", model: v40, input: `{"size":"9000x512"}`, size: "9000x512", faults: []string{"size"}, quote: 0.03},

		{name: "old fields", model: v55, input: `{"negative_prompt":"x","cfg_scale":7.5,"seed":1}`, size: "2K", quote: 0.035,
			warnings: []string{"seed ignored", "cfg_scale ignored", "negative_prompt ignored"}},
		{name: "old fields of an old model", model: v30, input: `{"cfg_scale":7.5,"seed":1}`, size: "1024x1024", quote: 0.03},
		{name: "guidance above its range", model: v30, input: `{"cfg_scale":15}`, size: "1024x1024", warnings: []string{"cfg_scale 15 rounded to the nearest supported value, 10"}, quote: 0.03},
		{name: "guidance by both names", model: v30, input: `{"cfg_scale":5,"guidance_scale":6}`, size: "1024x1024", warnings: []string{"cfg_scale ignored"}, quote: 0.03},
		{name: "jpeg is its only format", model: v40, input: `{"output_format":"jpeg"}`, size: "2048x2048", quote: 0.03},
		{name: "png", model: v40, input: `{"output_format":"png"}`, size: "2048x2048", warnings: []string{"output_format ignored"}, quote: 0.03},
		{name: "links", model: v40, input: `{"response_format":"b64_json"}`, size: "2048x2048", warnings: []string{"response_format b64_json ignored"}, quote: 0.03},
		{name: "fast", model: v40, input: `{"optimize_prompt_options":{"mode":"fast"}}`, size: "2048x2048", quote: 0.03},
		{name: "no fast", model: v45, input: `{"optimize_prompt_options":{"mode":"fast"}}`, size: "2048x2048", warnings: []string{"optimize_prompt_options.mode fast replaced by standard"}, quote: 0.04},
		{name: "no optimizer", model: v30, input: `{"optimize_prompt_options":{}}`, size: "1024x1024", warnings: []string{"optimize_prompt_options ignored"}, quote: 0.03},
		{name: "no search", model: v45, input: `{"tools":[{"type":"web_search"}]}`, size: "2048x2048", warnings: []string{"tools ignored"}, quote: 0.04},
		{name: "background auto", model: v45, input: `{"background":"auto"}`, size: "2048x2048", quote: 0.04},
		{name: "no background", model: v45, input: `{"background":"opaque"}`, size: "2048x2048", warnings: []string{"background ignored"}, quote: 0.04},

		{name: "series", model: v45, input: `{"sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":4}}`, size: "2048x2048", quote: 0.16},
		{name: "series of the most", model: v45, input: `{"sequential_image_generation":"auto","images":["a","b","c","d","e"]}`, size: "2048x2048", quote: 0.40},
		{name: "series of too many", model: v45, input: `{"sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":14},"images":["a","b"]}`, size: "2048x2048",
			faults: []string{"sequential_image_generation_options"}, quote: 0.56},
		{name: "no series", model: v45, input: `{"sequential_image_generation":"disabled","sequential_image_generation_options":{"max_images":4}}`, size: "2048x2048",
			warnings: []string{"sequential_image_generation_options ignored"}, quote: 0.04},
		{name: "series of a model without", model: v55, input: `{"sequential_image_generation":"auto"}`, size: "2K", warnings: []string{"sequential_image_generation ignored"}, quote: 0.035},

		{name: "layers have no price", model: v55, input: `{"image":"a","layer_decomposition":true}`, size: "2K"},
		{name: "layers of nothing", model: v55, input: `{"layer_decomposition":true,"background":"transparent"}`, size: "2K", faults: []string{"layer_decomposition", "background"}},
		{name: "no layers", model: v45, input: `{"layer_decomposition":true}`, size: "2048x2048", warnings: []string{"layer_decomposition ignored"}, quote: 0.04},

		{name: "too many images", model: v55, input: `{"images":["1","2","3","4","5","6","7","8","9","10"],"image":"0"}`, size: "2K", faults: []string{"images"}, quote: 0.123},
		{name: "images for a model without", model: v30, input: `{"image":"a"}`, size: "1024x1024", faults: []string{"image"}, quote: 0.03},
		{name: "editing", model: edit, input: `{"image":"a"}`, size: "adaptive", quote: 0.03},
		{name: "editing nothing", model: edit, input: `{"size":"2K"}`, size: "adaptive", warnings: []string{"size ignored"}, faults: []string{"image"}, quote: 0.03},

		{name: "Jimeng's fields", model: v45, input: `{"scale":0.7,"min_ratio":0.5,"max_ratio":2,"use_pre_llm":false,"logo_info":{"position":1}}`, size: "2048x2048", quote: 0.04,
			warnings: []string{"scale ignored", "min_ratio ignored", "max_ratio ignored", "use_pre_llm ignored", "logo_info ignored"}},

		{name: "endpoint", model: "ep-2026", input: `{"size":"300x300","output_format":"png","background":"opaque","sequential_image_generation":"auto","tools":[{"type":"web_search"}],"optimize_prompt_options":{"mode":"fast"}}`, size: "300x300"},
		{name: "endpoint in a ratio", model: "ep-2026", input: `{"aspect_ratio":"21:9","seed":1}`, size: "3136x1344", warnings: []string{"seed ignored"}},
		{name: "endpoint without a size", model: "ep-2026", input: `{}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := seedream.Input{Options: seedream.Options{Prompt: "x"}}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			if req, _ := newRequest(in.Request(), c.model); req.Size != c.size {
				t.Errorf("size %q, want %q", req.Size, c.size)
			}
			providertest.Plan{Count: max(1, in.N), Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route(), c.model, in)
		})
	}
}

// The requests and faults of the other verticals.
func TestPlanOfVerticals(t *testing.T) {
	t.Parallel()
	const v45, pro, v30 = "doubao-seedream-4-5-251128", "doubao-seedream-5-0-pro-260628", "doubao-seedream-3-0-t2i-250415"
	o := seedream.Options{Prompt: "x"}
	strength := 0.8
	image := func(v seedream.Options) seedream.Options { v.Image = "a"; return v }
	for name, c := range map[string]struct {
		model     string
		in        seedream.Source
		watermark bool
		inputs    int
		faults    []string
		warnings  []string
	}{
		"doubao with a watermark":    {pro, seedream.Doubao{Options: o, Watermark: true}, true, 0, nil, nil},
		"doubao without a watermark": {pro, seedream.Doubao{Options: o}, false, 0, nil, nil},
		"an edit":                    {v45, seedream.Edit{Options: image(o)}, false, 1, nil, nil},
		"an edit by the old name":    {v45, seedream.Edit{Options: o, ImageURL: "b"}, false, 1, nil, nil},
		"an edit by both names":      {v45, seedream.Edit{Options: image(o), ImageURL: "b"}, false, 2, nil, nil},
		"an edit by a model without": {v30, seedream.Edit{Options: image(o)}, false, 0, []string{"model"}, nil},
		"strength is Jimeng's":       {v45, seedream.Edit{Options: image(o), Strength: &strength}, false, 1, nil, []string{"strength ignored"}},
		"an edit with a watermark":   {v45, seedream.Edit{Options: image(o), Watermark: true}, true, 1, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req, warnings := newRequest(c.in.Request(), c.model)
			if *req.Watermark != c.watermark || len(CapabilitiesOf(c.model).sentImages(c.in.Request())) != c.inputs {
				t.Errorf("%+v", req)
			}
			if len(warnings) != len(c.warnings) || len(warnings) > 0 && !strings.HasPrefix(warnings[0], c.warnings[0]) {
				t.Errorf("warnings %q, want %q", warnings, c.warnings)
			}
			var fields []string
			for _, f := range check(c.in.Request(), c.model) {
				fields = append(fields, f.Field)
			}
			if !slices.Equal(fields, c.faults) {
				t.Errorf("faults of %v, want %v", fields, c.faults)
			}
		})
	}
}

func route() module.Route {
	return module.Sync(Vendor(), Driver[seedream.Input]{}, module.Terms{Models: []module.Model{{ID: "x"}}}).Route
}

// Every tier in every ratio is a size that each model with the tier supports, in
// about that ratio.
func TestShapes(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		for _, tier := range f.capabilities.Tiers {
			for _, ratio := range []string{"1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9"} {
				w, h := f.capabilities.fit(seedream.Shape(tier, ratio))
				if m := f.capabilities.checkSize(w, h); m != "" {
					t.Errorf("%s %s %s: %dx%d: %s", f.prefix, tier, ratio, w, h, m)
				}
				a, b := seedream.Shape("1K", ratio)
				if got, want := float64(w)/float64(h), float64(a)/float64(b); math.Abs(math.Log(got/want)) > 0.04 {
					t.Errorf("%s %s %s: %dx%d", f.prefix, tier, ratio, w, h)
				}
				large := tier != "1K" && tier != "1.5K"
				if large != (priceFacts(formatSize(w, h))["tier"] == priceFacts("2K")["tier"]) && tier != "" && f.capabilities.MaxPixels == pixels5[1] {
					t.Errorf("%s %s %s: %dx%d has the price of another tier", f.prefix, tier, ratio, w, h)
				}
			}
		}
	}
}
