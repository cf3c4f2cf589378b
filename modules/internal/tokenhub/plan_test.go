package tokenhub

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/hunyuan"
)

func route() module.Route {
	return module.Sync[hunyuan.Input](Vendor(), Generator{}, module.Terms{Models: []module.Model{{ID: hunyuan.Image30}, {ID: hunyuan.Image35Preview, Prices: Preview}}}).Route
}

// The plan of an input: request, faults, warnings, quote in CNY.
func TestPlan(t *testing.T) {
	t.Parallel()
	const v3, v35 = hunyuan.Image30, hunyuan.Image35Preview
	plain := func(fields string) string { return `{"model":"hy-image-v3","prompt":"x",` + fields + `}` }
	chat := func(fields string) string {
		return `{"model":"hy-image-v3.5-preview","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}]` + fields + `}`
	}
	for _, c := range []struct {
		name, model, input string
		sent               string
		faults, warnings   []string // fields; first words
		quote              float64  // 0: none
	}{
		{name: "3.0", model: v3, input: `{}`, sent: plain(`"revise":false`)},
		{name: "ratio", model: v3, input: `{"aspect_ratio":"9:16"}`, sent: plain(`"size":"768x1360","revise":false`)},
		{name: "resolution", model: v3, input: `{"resolution":"1024:768"}`, sent: plain(`"size":"1024x768","revise":false`)},
		{name: "size of 3.5", model: v3, input: `{"size":"2048x2048"}`, sent: plain(`"size":"1024x1024","revise":false`), warnings: []string{"size 2048x2048 rounded"}},
		{name: "seed with revise", model: v3, input: `{"seed":1,"revise":true}`, sent: plain(`"seed":1,"revise":true`)},
		{name: "random seed", model: v3, input: `{"seed":-1}`, sent: plain(`"revise":false`)},
		{name: "footnote", model: v3, input: `{"footnote":"y"}`, sent: plain(`"footnote":"y","revise":false`)},
		{name: "fields of others", model: v3, input: `{"watermark":true,"logo_image":"a","logo_rect":{"width":1,"height":1},"generate_max_pixels":65536}`, sent: plain(`"revise":false`),
			warnings: []string{"generate_max_pixels ignored", "watermark ignored", "logo_rect ignored"}, faults: []string{"logo_image"}},
		{name: "four images", model: v3, input: `{"image":"d","images":["a","b","c"]}`, sent: plain(`"revise":false`), faults: []string{"images"}},
		{name: "long prompt", model: v3, input: `{"prompt":"` + strings.Repeat("y", 8193) + `"}`, sent: `{"model":"hy-image-v3","prompt":"` + strings.Repeat("y", 8193) + `","revise":false}`, faults: []string{"prompt"}},

		{name: "3.5", model: v35, input: `{}`, sent: chat(``), quote: 0.15},
		{name: "several", model: v35, input: `{"n":4}`, sent: chat(``), quote: 0.60},
		{name: "2K", model: v35, input: `{"size":"2048x2048"}`, sent: chat(`,"size":"2048x2048"`), quote: 0.15},
		{name: "above 2K", model: v35, input: `{"size":"2048x2049"}`, sent: chat(`,"size":"2048x2049"`), quote: 0.20},
		{name: "4K", model: v35, input: `{"size":"4096x4096","n":2}`, sent: chat(`,"size":"4096x4096"`), quote: 0.40},
		{name: "longest", model: v35, input: `{"size":"8192x256"}`, sent: chat(`,"size":"8192x256"`), quote: 0.15},
		{name: "too large", model: v35, input: `{"size":"8192x8192"}`, sent: chat(`,"size":"4096x4096"`), warnings: []string{"size 8192x8192 rounded"}, quote: 0.20},
		{name: "ratio of 3.5", model: v35, input: `{"aspect_ratio":"1:1"}`, sent: chat(`,"size":"2048x2048"`), quote: 0.15},
		{name: "pixels", model: v35, input: `{"generate_max_pixels":1048576}`, sent: chat(`,"generate_max_pixels":1048576`), quote: 0.15},
		{name: "many pixels", model: v35, input: `{"generate_max_pixels":16777216}`, sent: chat(`,"generate_max_pixels":16777216`), quote: 0.20},
		{name: "pixels and size", model: v35, input: `{"size":"512x512","generate_max_pixels":16777216}`, sent: chat(`,"size":"512x512"`), warnings: []string{"generate_max_pixels ignored: size"}, quote: 0.15},
		{name: "fields of 3.0", model: v35, input: `{"seed":1,"revise":true,"footnote":"y"}`, sent: chat(``), warnings: []string{"seed ignored", "revise ignored", "footnote ignored"}, quote: 0.15},
		{name: "long prompt of 3.5", model: v35, input: `{"prompt":"` + strings.Repeat("y", 8193) + `"}`, sent: strings.Replace(chat(``), `"x"`, `"`+strings.Repeat("y", 8193)+`"`, 1), quote: 0.15},
		{name: "blank prompt", model: v35, input: `{"prompt":" "}`, sent: strings.Replace(chat(``), `"x"`, `" "`, 1), faults: []string{"prompt"}, quote: 0.15},

		{name: "a gateway's model", model: "hy-image-v4", input: `{"seed":3}`, sent: `{"model":"hy-image-v4","prompt":"x","seed":3,"revise":false}`},
		{name: "a gateway's model of 3.5", model: "hy-image-v3.5-2k", input: `{"seed":3}`, sent: strings.Replace(chat(``), "v3.5-preview", "v3.5-2k", 1), warnings: []string{"seed ignored"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := hunyuan.Input{Prompt: "x", N: 1}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			r, _ := newRequest(in, c.model)
			if got, err := json.Marshal(r); err != nil || string(got) != c.sent {
				t.Errorf("%v: %.300s, want %.300s", err, got, c.sent)
			}
			providertest.Plan{Count: in.N, Quote: c.quote, Faults: c.faults, Warnings: c.warnings}.Of(t, route(), c.model, in)
		})
	}
}

// Of several images with a random seed each is sent a random one.
func TestRandomSeed(t *testing.T) {
	t.Parallel()
	for seed, random := range map[int64]bool{-1: true, 0: true, 1: false, 4294967295: false} {
		if p := (Generator{}).Plan(hunyuan.Input{Prompt: "x", N: 3, Seed: &seed}, module.Target{Model: hunyuan.Image30}); p.RandomSeed != random {
			t.Errorf("seed %d: random %v", seed, p.RandomSeed)
		}
	}
}
