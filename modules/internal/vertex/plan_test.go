package vertex

import (
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

const (
	fast = "veo-3.1-fast-generate-001"
	best = "veo-3.1-generate-001"
	lite = "veo-3.1-lite-generate-001"
)

// planModels are price lists like those of the vertical.
var planModels = []module.Model{{ID: fast, Prices: PricesFast}, {ID: best, Prices: PricesBest}, {ID: lite, Prices: PricesLite}}

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, input string
		faults, warnings   []string // fields; first words
		videos             int      // 1 if zero
		quote              float64  // 0: none
	}{
		{name: "least", model: fast, input: `{}`, quote: 0.80},
		{name: "silent", model: fast, input: `{"generate_audio":false}`, quote: 0.64},
		{name: "best, large", model: best, input: `{"resolution":"4k"}`, quote: 4.80},
		{name: "best, large and silent", model: best, input: `{"resolution":"4k","generate_audio":false}`, quote: 3.20},
		{name: "lite", model: lite, input: `{"resolution":"1080p","duration_seconds":4}`, quote: 0.32},
		{name: "lite without sound has no confirmed price", model: lite, input: `{"generate_audio":false}`},
		{name: "several", model: fast, input: `{"n":3,"duration_seconds":4}`, videos: 3, quote: 1.20},
		{name: "several by the vendor's name", model: fast, input: `{"sample_count":2}`, videos: 2, quote: 1.60},
		{name: "several by both names", model: fast, input: `{"n":2,"sample_count":2}`, videos: 2, quote: 1.60},
		{name: "two numbers", model: fast, input: `{"n":2,"sample_count":3}`, videos: 3, faults: []string{"sample_count"}, quote: 2.40},
		{name: "unknown model", model: "veo-9", input: `{}`},
		{name: "blank prompt", model: fast, input: `{"prompt":" "}`, faults: []string{"prompt"}, quote: 0.80},

		{name: "old lengths", model: fast, input: `{"duration":5}`, warnings: []string{"duration 5 rounded to the nearest supported value, 6"}, quote: 0.60},
		{name: "shorter", model: fast, input: `{"duration":1}`, warnings: []string{"duration 1 rounded to the nearest supported value, 4"}, quote: 0.40},
		{name: "longer", model: fast, input: `{"duration":30}`, warnings: []string{"duration 30 rounded to the nearest supported value, 8"}, quote: 0.80},
		{name: "just right", model: fast, input: `{"duration":6}`, quote: 0.60},
		{name: "two lengths", model: fast, input: `{"duration":6,"duration_seconds":4}`, warnings: []string{"duration ignored"}, quote: 0.40},
		{name: "large ones are long", model: fast, input: `{"duration":5,"resolution":"1080p"}`, warnings: []string{"duration 5 rounded to the nearest supported value, 8"}, quote: 0.96},
		{name: "too short for large", model: fast, input: `{"duration_seconds":4,"resolution":"1080p"}`, faults: []string{"duration_seconds"}, quote: 0.48},
		{name: "too short for references", model: fast, input: `{"duration_seconds":4,"reference_images":["a"]}`, faults: []string{"duration_seconds"}, quote: 0.40},
		{name: "lite lets the vendor decide", model: lite, input: `{"duration":5,"resolution":"1080p"}`, warnings: []string{"duration 5 rounded to the nearest supported value, 6"}, quote: 0.48},
		{name: "too large for lite", model: lite, input: `{"resolution":"4k"}`, faults: []string{"resolution"}},

		{name: "square", model: fast, input: `{"aspect_ratio":"1:1"}`, warnings: []string{"aspect_ratio 1:1 rounded to the nearest supported value, 16:9"}, quote: 0.80},
		{name: "upright", model: fast, input: `{"aspect_ratio":"3:4"}`, warnings: []string{"aspect_ratio 3:4 rounded to the nearest supported value, 9:16"}, quote: 0.80},
		{name: "lying", model: fast, input: `{"aspect_ratio":"4:3"}`, warnings: []string{"aspect_ratio 4:3 rounded to the nearest supported value, 16:9"}, quote: 0.80},
		{name: "tall", model: fast, input: `{"aspect_ratio":"9:16"}`, quote: 0.80},
		{name: "no guidance", model: fast, input: `{"guidance_scale":7.5,"negative_prompt":"rain","seed":1}`, warnings: []string{"guidance_scale ignored"}, quote: 0.80},
		{name: "nothing to fit", model: fast, input: `{"resize_mode":"crop"}`, warnings: []string{"resize_mode ignored"}, quote: 0.80},
		{name: "something to fit", model: fast, input: `{"resize_mode":"crop","image":"a"}`, quote: 0.80},

		{name: "old model", model: fast, input: `{"model":"veo3"}`, warnings: []string{"model veo3 replaced by veo-3.1-fast"}, quote: 0.80},
		{name: "old model with frames", model: best, input: `{"model":"veo3-pro-frames","images":["a","b"]}`, warnings: []string{"model veo3-pro-frames replaced by veo-3.1-generate"}, quote: 3.20},
		{name: "old model without its frames", model: fast, input: `{"model":"veo3-frames"}`, faults: []string{"images"}, warnings: []string{"model"}, quote: 0.80},
		{name: "model of a gateway", model: "veo3-mine", input: `{"model":"veo3-mine"}`},
		{name: "three frames", model: fast, input: `{"images":["a","b","c"]}`, faults: []string{"images"}, quote: 0.80},
		{name: "frames by both names", model: fast, input: `{"image":"a","images":["b","c"]}`, faults: []string{"images"}, quote: 0.80},
		{name: "no first frame", model: fast, input: `{"last_frame":"a"}`, faults: []string{"last_frame"}, quote: 0.80},
		{name: "no first frame among old ones", model: fast, input: `{"last_frame":"a","images":["b"]}`, faults: []string{"last_frame", "images"}, quote: 0.80},

		{name: "references", model: best, input: `{"reference_images":["a","b","c"]}`, quote: 3.20},
		{name: "references of lite", model: lite, input: `{"reference_images":["a"],"image":"b","duration_seconds":4}`, faults: []string{"reference_images"}, quote: 0.20},
		{name: "references and a frame", model: best, input: `{"reference_images":["a"],"images":["b"]}`, faults: []string{"reference_images"}, quote: 3.20},
		{name: "extension", model: fast, input: `{"video":"a"}`, quote: 0.70},
		{name: "extension by so much", model: fast, input: `{"video":"a","duration_seconds":4,"resolution":"1080p"}`, warnings: []string{"duration_seconds ignored"}, quote: 0.84},
		{name: "extension of an image", model: fast, input: `{"video":"a","image":"b","reference_images":["c"]}`, faults: []string{"reference_images", "video"}, quote: 0.70},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := Input{Prompt: "x", N: 1, AspectRatio: "16:9", Resolution: "720p"}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: max(1, c.videos), Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, module.Async[Input](Vendor(), Driver{}, module.Terms{Models: planModels}).Route, c.model, in)
		})
	}
}
