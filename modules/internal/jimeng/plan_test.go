package jimeng

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/provider/providertest"
	"aigc/modules/internal/seedream"
)

// The plan of an input: request, faults, warnings, quote in CNY.
func TestPlan(t *testing.T) {
	t.Parallel()
	const v46, v40, v31, edit, old = "jimeng_seedream46_cvtob", "jimeng_t2i_v40", "jimeng_t2i_v31", "jimeng_i2i_v30", "seededit_v3.0"
	many := `"images":["` + strings.Repeat(`a","`, 9) + `a"]`
	cases := []struct {
		name, model, input string
		sent               string   // besides req_key and prompt
		faults             []string // fields
		warnings           []string // their first words
		quote              float64  // 0: none
	}{
		{name: "least", model: v46, input: `{}`, sent: `{"force_single":true}`, quote: 0.22},
		{name: "three", model: v46, input: `{"n":3}`, sent: `{"force_single":true}`, quote: 0.66},
		{name: "no exact price", model: v31, input: `{}`, sent: `{}`},
		{name: "blank prompt", model: v46, input: `{"prompt":" "}`, sent: `{"force_single":true}`, faults: []string{"prompt"}, quote: 0.22},
		{name: "long prompt", model: v40, input: `{"prompt":"` + strings.Repeat("狐", 801) + `"}`, sent: `{"force_single":true}`, faults: []string{"prompt"}, quote: 0.22},
		{name: "longest prompt", model: v40, input: `{"prompt":"` + strings.Repeat("狐", 800) + `"}`, sent: `{"force_single":true}`, quote: 0.22},

		{name: "tier is an area", model: v40, input: `{"size":"1K"}`, sent: `{"size":1048576,"force_single":true}`, quote: 0.22},
		{name: "tier in a ratio", model: v40, input: `{"size":"4K","aspect_ratio":"16:9"}`, sent: `{"width":5456,"height":3072,"force_single":true}`, quote: 0.22},
		{name: "ratio", model: v40, input: `{"aspect_ratio":"1:1"}`, sent: `{"width":2048,"height":2048,"force_single":true}`, quote: 0.22},
		{name: "sides and ratio", model: v40, input: `{"size":"2048x1024","aspect_ratio":"1:1"}`, sent: `{"width":2048,"height":1024,"force_single":true}`, warnings: []string{"aspect_ratio ignored"}, quote: 0.22},
		{name: "wide sides", model: v40, input: `{"size":"3500x1000"}`, sent: `{"width":3500,"height":1000,"force_single":true,"max_ratio":3.5}`, quote: 0.22},
		{name: "tall sides", model: v40, input: `{"size":"1000x4096"}`, sent: `{"width":1000,"height":4096,"force_single":true,"min_ratio":0.2441}`, quote: 0.22},
		{name: "sides beyond the caller's ratio", model: v40, input: `{"size":"3000x1000","max_ratio":2}`, sent: `{"width":3000,"height":1000,"force_single":true,"max_ratio":2}`, faults: []string{"size"}, quote: 0.22},
		{name: "too few pixels", model: v40, input: `{"size":"512x512"}`, sent: `{"width":512,"height":512,"force_single":true}`, faults: []string{"size"}, quote: 0.22},
		{name: "too long", model: v40, input: `{"size":"9000x500"}`, sent: `{"width":9000,"height":500,"force_single":true,"max_ratio":18}`, faults: []string{"size"}, quote: 0.22},
		{name: "ratios that cross", model: v40, input: `{"min_ratio":5}`, sent: `{"force_single":true,"min_ratio":5}`, faults: []string{"min_ratio"}, quote: 0.22},
		{name: "adaptive", model: v40, input: `{"size":"adaptive"}`, sent: `{"force_single":true}`, warnings: []string{"size adaptive ignored"}, quote: 0.22},
		{name: "3.1 in a ratio", model: v31, input: `{"aspect_ratio":"3:2"}`, sent: `{"width":1616,"height":1072}`},
		{name: "3.1 in a tier", model: v31, input: `{"size":"2K"}`, sent: `{"width":2048,"height":2048}`},
		{name: "3.1 in a tier it lacks", model: v31, input: `{"size":"4K"}`, sent: `{"width":2048,"height":2048}`, warnings: []string{"size 4K rounded to the nearest supported value, 2048x2048"}},
		{name: "edit in sides", model: edit, input: `{"image":"a","size":"512x2016"}`, sent: `{"width":512,"height":2016}`},
		{name: "edit in small sides", model: edit, input: `{"image":"a","size":"511x1024"}`, sent: `{"width":511,"height":1024}`, faults: []string{"size"}},
		{name: "edit in a tier", model: edit, input: `{"image":"a","size":"2K"}`, sent: `{}`, warnings: []string{"size 2K ignored: without aspect_ratio"}},
		{name: "edit in a tier and a ratio", model: edit, input: `{"image":"a","size":"2K","aspect_ratio":"1:1"}`, sent: `{"width":2016,"height":2016}`, warnings: []string{"size 2K rounded"}},
		{name: "edit as its input is", model: edit, input: `{"image":"a","size":"adaptive"}`, sent: `{}`},
		{name: "SeedEdit has no sides", model: old, input: `{"image":"a","size":"1024x1024","aspect_ratio":"1:1"}`, sent: `{}`, warnings: []string{"size ignored", "aspect_ratio ignored"}},

		{name: "weight of 4.0", model: v40, input: `{"scale":0.8}`, sent: `{"scale":0.8,"force_single":true}`, quote: 0.22},
		{name: "weight of 4.6", model: v46, input: `{"scale":0.555}`, sent: `{"scale":56,"force_single":true}`, quote: 0.22},
		{name: "least weight of 4.6", model: v46, input: `{"scale":0}`, sent: `{"scale":1,"force_single":true}`, quote: 0.22},
		{name: "least weight of 4.0", model: v40, input: `{"scale":0}`, sent: `{"scale":0,"force_single":true}`, quote: 0.22},
		{name: "no weight", model: v31, input: `{"scale":0.8}`, sent: `{}`, warnings: []string{"scale ignored"}},

		{name: "series", model: v46, input: `{"sequential_image_generation":"auto",` + many + `}`, sent: `{"force_single":false}`, quote: 1.10},
		{name: "series of a length", model: v46, input: `{"sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":2}}`, sent: `{"force_single":false}`,
			warnings: []string{"sequential_image_generation_options ignored"}, quote: 3.30},
		{name: "no series", model: v31, input: `{"sequential_image_generation":"auto"}`, sent: `{}`, warnings: []string{"sequential_image_generation ignored"}},

		{name: "ten images", model: v40, input: `{` + many + `}`, sent: `{"force_single":true}`, quote: 0.22},
		{name: "eleven images", model: v40, input: `{"image":"b",` + many + `}`, sent: `{"force_single":true}`, faults: []string{"images"}, quote: 0.22},
		{name: "images of a model without", model: v31, input: `{"image":"a"}`, sent: `{}`, faults: []string{"image"}},
		{name: "an edit of nothing", model: edit, input: `{}`, sent: `{}`, faults: []string{"image"}},
		{name: "an edit of two", model: edit, input: `{"images":["a","b"]}`, sent: `{}`, faults: []string{"images"}},

		{name: "3.1", model: v31, input: `{"seed":-1,"use_pre_llm":false}`, sent: `{"seed":-1,"use_pre_llm":false}`},
		{name: "Ark's fields", model: v46, sent: `{"force_single":true}`, quote: 0.22,
			input:    `{"guidance_scale":3,"cfg_scale":3,"negative_prompt":"y","seed":1,"output_format":"jpeg","optimize_prompt_options":{},"tools":[{"type":"web_search"}],"background":"opaque","layer_decomposition":true,"response_format":"b64_json","use_pre_llm":true}`,
			warnings: []string{"seed", "use_pre_llm", "output_format", "guidance_scale", "cfg_scale", "negative_prompt", "optimize_prompt_options", "tools", "background", "layer_decomposition", "response_format b64_json"}},
		{name: "its own format", model: v46, input: `{"output_format":"png"}`, sent: `{"force_single":true}`, quote: 0.22},
		{name: "logo_info without watermark", model: v46, input: `{"logo_info":{"position":1}}`, sent: `{"force_single":true}`, warnings: []string{"logo_info ignored"}, quote: 0.22},
		{name: "an unknown model", model: "jimeng_t2i_v50", input: `{"scale":0.5}`, sent: `{"scale":50,"force_single":true}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := seedream.Input{Options: seedream.Options{Prompt: "x"}}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			s, _, _ := newSubmission(in.Request(), c.model)
			got, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			head, err := json.Marshal(map[string]string{"prompt": in.Prompt, "req_key": c.model})
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(t, string(got), string(head), c.sent) {
				t.Errorf("sent %s, want %s", got, c.sent)
			}
			providertest.Plan{Count: max(1, in.N), Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route(), c.model, in)
		})
	}
}

// sameJSON reports whether an object has exactly the fields of the parts together.
func sameJSON(t *testing.T, object string, parts ...string) bool {
	t.Helper()
	want, got := map[string]any{}, map[string]any{}
	for _, p := range parts {
		if err := json.Unmarshal([]byte(p), &want); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal([]byte(object), &got); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(got)
	return string(a) == string(b)
}
