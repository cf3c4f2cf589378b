package flux_test

import (
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
	"aigc/modules/flux"
	"aigc/modules/internal/bfl"
)

var route = module.Async[bfl.Input](bfl.Vendor(), bfl.Driver{}, module.Terms{Models: flux.Models}).Route

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, input string
		faults, warnings   []string // fields; first words
		quote              float64  // 0: none
	}{
		{name: "least", model: "flux-2-pro", input: `{}`, quote: 0.03},
		{name: "three", model: "flux-2-pro", input: `{"n":3}`, quote: 0.09},
		{name: "blank prompt", model: "flux-2-pro", input: `{"prompt":" "}`, faults: []string{"prompt"}, quote: 0.03},
		{name: "four megapixels", model: "flux-2-max", input: `{"width":2048,"height":2048}`, quote: 0.16},
		{name: "a little over one", model: "flux-2-pro", input: `{"width":1040,"height":1024}`, quote: 0.045},
		{name: "the cost of input images is not known", model: "flux-2-pro", input: `{"input_image":"a"}`},
		{name: "nor that of flex", model: "flux-2-flex", input: `{"input_images":["a"]}`},
		{name: "flat", model: "flux-pro-1.1", input: `{"image_prompt":"a"}`, quote: 0.04},
		{name: "FLUX.3 by default", model: "flux-3-image", input: `{}`, quote: 0.048},
		{name: "FLUX.3 of an image", model: "flux-3-image", input: `{"input_image":"a"}`},
		{name: "no list price of large ones", model: "flux-3-image", input: `{"resolution":"4k"}`},
		{name: "unknown model", model: "flux-4", input: `{}`},
		{name: "one side", model: "flux-2-pro", input: `{"height":512}`, faults: []string{"width"}, quote: 0.03},
		{name: "the other", model: "flux-2-pro", input: `{"width":512}`, faults: []string{"height"}, quote: 0.03},
		{name: "both odd", model: "flux-2-pro", input: `{"width":1000,"height":1001}`, faults: []string{"width", "height"}, quote: 0.03},
		{name: "too large", model: "flux-2-pro", input: `{"width":4096,"height":2048}`, faults: []string{"width"}, quote: 0.135},
		{name: "sides of FLUX.1", model: "flux-pro-1.1", input: `{"width":1472,"height":224}`, faults: []string{"width", "height"}, quote: 0.04},
		{name: "many images", model: "flux-2-klein-4b", input: `{"input_image":"a","input_images":["b","c","d","e"]}`, faults: []string{"input_images"}},
		{name: "many images of FLUX.3", model: "flux-3-image", input: `{"input_image":"a","input_images":["1","2","3","4","5","6","7","8","9"]}`},
		{name: "fields of the replaced service", model: "flux-2-pro", input: `{"aspect_ratio":"1:1","steps":20,"guidance":7.5,"seed":1}`, warnings: []string{"steps ignored", "guidance ignored"}, quote: 0.03},
		{name: "supported by flex", model: "flux-2-flex", input: `{"aspect_ratio":"1:1","steps":20,"guidance":7.5,"seed":1}`, quote: 0.05},
		{name: "limited to the range", model: "flux-dev", input: `{"guidance":1,"safety_tolerance":6}`, warnings: []string{"guidance 1 rounded to the nearest supported value, 1.5"}, quote: 0.025},
		{name: "tolerance", model: "flux-3-image", input: `{"safety_tolerance":6}`, warnings: []string{"safety_tolerance 6 rounded to the nearest supported value, 4"}, quote: 0.048},
		{name: "sides of FLUX.3", model: "flux-3-image", input: `{"width":1024,"height":1024}`, warnings: []string{"width and height replaced by aspect_ratio 1:1 and resolution 1k"}, quote: 0.048},
		{name: "sides of FLUX.3 with a resolution", model: "flux-3-image", input: `{"width":1024,"height":1024,"resolution":"4k"}`, warnings: []string{"width and height replaced by aspect_ratio 1:1: "}},
		{name: "sides beside a ratio", model: "flux-3-image", input: `{"width":1024,"height":1024,"aspect_ratio":"16:9"}`, warnings: []string{"width and height ignored"}, quote: 0.048},
		{name: "a ratio beside sides", model: "flux-2-pro", input: `{"width":1024,"height":1024,"aspect_ratio":"16:9"}`, warnings: []string{"aspect_ratio ignored"}, quote: 0.03},
		{name: "all of the others for FLUX.3", model: "flux-3-image", input: `{"seed":1,"output_format":"png","prompt_upsampling":true,"raw":true,"steps":1,"guidance":2,"image_prompt":"a","image_prompt_strength":1}`,
			warnings: []string{"steps", "guidance", "seed", "output_format", "prompt_upsampling", "raw", "image_prompt_strength"}, faults: []string{"image_prompt"}, quote: 0.048},
		{name: "all of FLUX.3 for the others", model: "flux-2-pro", input: `{"resolution":"1k","grounding":false}`, warnings: []string{"resolution", "grounding"}, quote: 0.03},
		{name: "two as image_prompt", model: "flux-pro-1.1", input: `{"input_images":["a","b"]}`, warnings: []string{"the input image replaced by image_prompt"}, faults: []string{"input_images"}, quote: 0.04},
		{name: "the only one as image_prompt", model: "flux-dev", input: `{"input_image":"a"}`, warnings: []string{"the input image replaced by image_prompt"}, quote: 0.025},
		{name: "image_prompt is set", model: "flux-dev", input: `{"image_prompt":"a","input_image":"b"}`, warnings: []string{"the input image replaced"}, faults: []string{"input_images"}, quote: 0.025},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := bfl.Input{Prompt: "x", N: 1}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			providertest.Plan{Count: in.N, Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route, c.model, in)
		})
	}
}
