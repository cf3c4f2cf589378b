package kling

import (
	"encoding/json"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// table is a model table like that of the vertical.
var table = []module.Model{
	{ID: "kling-v3", Prices: provider.List("USD", "", "", Units(8, nil))},
	{ID: "kling-v3-omni", Prices: provider.List("USD", "", "", Units(16, map[string]string{"resolution": "4k"}), Units(8, nil))},
	{ID: "kling-image-o1", Prices: append(provider.List("USD", "", "", Units(8, nil)), provider.Price{Unit: MainlandImage, Micros: 200_000, Currency: "CNY"})},
	{ID: "kling-v2-1", Prices: provider.List("USD", "", "", Units(4, map[string]string{"input images": "0"}), Units(8, nil))},
}

func route() module.Route {
	return module.Async(Vendor(), Driver{}, module.Terms{Models: table}).Route
}

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, model, input string
		want               providertest.Plan
	}{
		{"text", "kling-v3", `{}`, providertest.Plan{Count: 1, Quote: 0.028}},
		{"several", "kling-v3", `{"n":9,"resolution":"2k"}`, providertest.Plan{Count: 9, Quote: 0.252}},
		{"no 4k", "kling-v3", `{"resolution":"4k"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"resolution 4k rounded to the nearest supported value, 2k."}}},
		{"no 4k of O1", "kling-image-o1", `{"resolution":"4k"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"resolution 4k rounded to the nearest supported value, 2k."}}},
		{"4k", "kling-v3-omni", `{"resolution":"4k","n":2}`, providertest.Plan{Count: 2, Quote: 0.112}},
		{"4k by size", "kling-v3-omni", `{"size":"4096x4096"}`, providertest.Plan{Count: 1, Quote: 0.056, Warnings: []string{"size 4096x4096 replaced by aspect_ratio 1:1 and resolution 4k:"}}},
		{"size and resolution", "kling-v3", `{"size":"1000x400","resolution":"2k"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"size 1000x400 replaced by aspect_ratio 21:9 and resolution 2k:"}}},
		{"size and ratio", "kling-v3", `{"size":"1000x400","aspect_ratio":"1:1"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"size ignored: aspect_ratio"}}},
		{"cheap text", "kling-v2-1", `{"n":2}`, providertest.Plan{Count: 2, Quote: 0.028}},
		{"with an image", "kling-v2-1", `{"image":"a"}`, providertest.Plan{Count: 1, Quote: 0.028}},
		{"no known price", "kling-v9", `{}`, providertest.Plan{Count: 1}},
		{"old fields", "kling-v3", `{"cfg_scale":7.5,"seed":1}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"cfg_scale ignored: kling-v3 does not support it.", "seed ignored: kling-v3"}}},
		{"negative prompt and image", "kling-v3", `{"image":"a","negative_prompt":"x"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"negative_prompt ignored: kling-v3 does not support it together with an input image."}}},
		{"negative prompt", "kling-image-o1", `{"negative_prompt":"x"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"negative_prompt ignored: kling-image-o1 does not support it."}}},
		{"reference without image", "kling-v2-1", `{"image_reference":"face"}`, providertest.Plan{Count: 1, Quote: 0.014, Warnings: []string{"image_reference ignored: it needs an input image."}}},
		{"fidelity", "kling-v3", `{"image":"a","image_fidelity":0,"human_fidelity":1}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"image_fidelity ignored", "human_fidelity ignored"}}},
		{"elements", "kling-v2-1", `{"element_list":[{"element_id":1}]}`, providertest.Plan{Count: 1, Quote: 0.014, Warnings: []string{"element_list ignored"}}},
		{"two images", "kling-v3", `{"images":["a","b"]}`, providertest.Plan{Count: 1, Quote: 0.028, Faults: []string{"images"}}},
		{"ten", "kling-v3-omni", `{"image":"a","images":["b","c","d"],"element_list":[{"element_id":1},{"element_id":2},{"element_id":3},{"element_id":4},{"element_id":5},{"element_id":6}]}`, providertest.Plan{Count: 1, Quote: 0.028}},
		{"eleven", "kling-image-o1", `{"image":"a","images":["b","c","d","e","f","g","h","i","j"],"element_list":[{"element_id":1}]}`, providertest.Plan{Count: 1, Quote: 0.028, Faults: []string{"images"}}},
		{"auto alone", "kling-v3-omni", `{"aspect_ratio":"auto"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"aspect_ratio auto replaced by 1:1:"}}},
		{"auto with an image", "kling-v3-omni", `{"aspect_ratio":"auto","image":"a"}`, providertest.Plan{Count: 1, Quote: 0.028}},
		{"auto of O1", "kling-image-o1", `{"aspect_ratio":"auto"}`, providertest.Plan{Count: 1, Quote: 0.028}},
		{"auto elsewhere", "kling-v3", `{"aspect_ratio":"auto","image":"a"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"aspect_ratio auto replaced by 1:1:"}}},
		{"series", "kling-v3-omni", `{"result_type":"series","series_amount":"9","n":2}`, providertest.Plan{Count: 18}},
		{"series by default", "kling-v3-omni", `{"result_type":"series"}`, providertest.Plan{Count: 4}},
		{"series as the model likes", "kling-v3-omni", `{"result_type":"series","series_amount":"auto"}`, providertest.Plan{Count: 1}},
		{"no series", "kling-image-o1", `{"result_type":"series","series_amount":"3"}`, providertest.Plan{Count: 1, Quote: 0.028, Warnings: []string{"result_type series ignored", "series_amount ignored: it needs result_type series."}}},
		{"single", "kling-v3", `{"result_type":"single"}`, providertest.Plan{Count: 1, Quote: 0.028}},
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
