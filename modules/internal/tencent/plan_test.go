package tencent

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
	"aigc/modules/internal/hunyuan"
)

func route() module.Route {
	return module.Async[hunyuan.Input](Vendor(), Driver{}, module.Terms{Models: []module.Model{{ID: hunyuan.Image30}}}).Route
}

// The plan of an input: request, faults, warnings. No price is confirmed.
func TestPlan(t *testing.T) {
	t.Parallel()
	const least = `{"Prompt":"x","LogoAdd":0,"Revise":0}`
	with := func(fields string) string { return `{"Prompt":"x",` + fields + `}` }
	for _, c := range []struct {
		name, model, input string
		sent               string
		faults, warnings   []string // fields; first words
	}{
		{name: "least", input: `{}`, sent: least},
		{name: "three", input: `{"n":3}`, sent: least},
		{name: "ratio", input: `{"aspect_ratio":"16:9"}`, sent: with(`"Resolution":"1360:768","LogoAdd":0,"Revise":0`)},
		{name: "square", input: `{"aspect_ratio":"1:1"}`, sent: with(`"Resolution":"1024:1024","LogoAdd":0,"Revise":0`)},
		{name: "wide", input: `{"aspect_ratio":"21:9"}`, sent: with(`"Resolution":"1552:656","LogoAdd":0,"Revise":0`)},
		{name: "size", input: `{"size":"2048x512"}`, sent: with(`"Resolution":"2048:512","LogoAdd":0,"Revise":0`)},
		{name: "odd size", input: `{"size":"701x1033"}`, sent: with(`"Resolution":"701:1033","LogoAdd":0,"Revise":0`)},
		{name: "resolution", input: `{"resolution":"768:1280"}`, sent: with(`"Resolution":"768:1280","LogoAdd":0,"Revise":0`)},
		{name: "size of 3.5", input: `{"size":"4096x4096"}`, sent: with(`"Resolution":"1024:1024","LogoAdd":0,"Revise":0`), warnings: []string{"size 4096x4096 rounded to the nearest supported value, 1024x1024"}},
		{name: "too small", input: `{"size":"256x256"}`, sent: with(`"Resolution":"512:512","LogoAdd":0,"Revise":0`), warnings: []string{"size 256x256 rounded"}},
		{name: "too narrow", input: `{"size":"8192x256"}`, sent: with(`"Resolution":"2048:512","LogoAdd":0,"Revise":0`), warnings: []string{"size 8192x256 rounded"}},
		{name: "size, resolution and ratio", input: `{"size":"1024x768","resolution":"768:768","aspect_ratio":"1:1"}`, sent: with(`"Resolution":"1024:768","LogoAdd":0,"Revise":0`), warnings: []string{"resolution ignored", "aspect_ratio ignored"}},
		{name: "size with images", input: `{"image":"a","size":"1024x768"}`, sent: with(`"Resolution":"1024:768","LogoAdd":0,"Revise":0`), warnings: []string{"The image may have another size"}},
		{name: "images", input: `{"images":["a","b","c"]}`, sent: least},
		{name: "four images", input: `{"image":"d","images":["a","b","c"]}`, sent: least, faults: []string{"images"}},
		{name: "seed", input: `{"seed":4294967295}`, sent: with(`"LogoAdd":0,"Revise":0,"Seed":4294967295`)},
		{name: "seed of a further image", input: `{"seed":4294967296}`, sent: with(`"LogoAdd":0,"Revise":0,"Seed":1`)},
		{name: "random seeds", input: `{"seed":-1}`, sent: least},
		{name: "seed 0 is random", input: `{"seed":0}`, sent: least},
		{name: "revise", input: `{"revise":true}`, sent: with(`"LogoAdd":0,"Revise":1`)},
		{name: "seed with revise", input: `{"revise":true,"seed":1}`, sent: with(`"LogoAdd":0,"Revise":1`), warnings: []string{"seed ignored: it has no effect with revise"}},
		{name: "watermark", input: `{"watermark":true}`, sent: with(`"LogoAdd":1,"Revise":0`)},
		{name: "logo without watermark", input: `{"logo_image":"a","logo_rect":{"width":1,"height":1}}`, sent: least, warnings: []string{"logo_rect ignored"}, faults: []string{"logo_image"}},
		{name: "rectangle without a logo", input: `{"watermark":true,"logo_rect":{"width":1,"height":1}}`, sent: with(`"LogoAdd":1,"Revise":0`), warnings: []string{"logo_rect ignored"}},
		{name: "fields of TokenHub", input: `{"footnote":"y","generate_max_pixels":65536}`, sent: least, warnings: []string{"footnote ignored", "generate_max_pixels ignored"}},
		{name: "blank prompt", input: `{"prompt":" "}`, sent: `{"Prompt":" ","LogoAdd":0,"Revise":0}`, faults: []string{"prompt"}},
		{name: "longest prompt", input: `{"prompt":"` + strings.Repeat("狐", 8192) + `"}`, sent: `{"Prompt":"` + strings.Repeat("狐", 8192) + `","LogoAdd":0,"Revise":0}`},
		{name: "long prompt", input: `{"prompt":"` + strings.Repeat("y", 8193) + `"}`, sent: `{"Prompt":"` + strings.Repeat("y", 8193) + `","LogoAdd":0,"Revise":0}`, faults: []string{"prompt"}},
		{name: "another model", model: "hunyuan-video", input: `{}`, sent: least, faults: []string{"model"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.model == "" {
				c.model = hunyuan.Image30
			}
			in := hunyuan.Input{Prompt: "x", N: 1}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			s, _ := newSubmission(in, c.model)
			if got, err := json.Marshal(s); err != nil || string(got) != c.sent {
				t.Errorf("%v: %.300s, want %.300s", err, got, c.sent)
			}
			providertest.Plan{Count: in.N, Faults: c.faults, Warnings: c.warnings}.Of(t, route(), c.model, in)
		})
	}
}

// Of several images with a random seed each is sent a random one.
func TestRandomSeed(t *testing.T) {
	t.Parallel()
	for seed, random := range map[int64]bool{-1: true, 0: true, 1: false, 4294967295: false} {
		if p := (Driver{}).Plan(hunyuan.Input{Prompt: "x", N: 3, Seed: &seed}, module.Target{Model: hunyuan.Image30}); p.RandomSeed != random {
			t.Errorf("seed %d: random %v", seed, p.RandomSeed)
		}
	}
}
