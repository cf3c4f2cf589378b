package hailuo_test

import (
	"slices"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
	"aigc/app/sandbox/sandboxtest"
	"aigc/app/task"
	"aigc/app/worker/workertest"
	"aigc/modules/hailuo"
	minimaxsandbox "aigc/modules/internal/minimax/sandbox"
)

func TestWire(t *testing.T) { providertest.Wire(t, hailuo.Module, nil) }

// Each model with the fields that only it supports. Results of image-01 are base64
// within the answer, those of H3 URLs, and only image-01 has a code for a refused
// result.
func TestGenerate(t *testing.T) {
	image := []providertest.Ability{providertest.Overload, providertest.Address, providertest.Probe}
	h3 := []providertest.Ability{providertest.Overload, providertest.Inline, providertest.RefusedOutput, providertest.Probe}
	cases := []struct {
		name, model, input string
		results            int
		lacks              []providertest.Ability
	}{
		{"text", "image-01", `{"prompt":"a red fox","width":512,"height":640,"seed":5,"prompt_optimizer":true,"aigc_watermark":true}`, 1, image},
		{"person", "image-01", `{"prompt":"a red fox","image":"face","images":["other"],"aspect_ratio":"21:9"}`, 1, image},
		{"style", "image-01-live", `{"prompt":"a red fox","style":"水彩","image":"face","aspect_ratio":"9:16"}`, 1, image},
		{"H3", "MiniMax-H3-Image", `{"prompt":"a red fox","aspect_ratio":"2:3","area":"1K","n":2,"disable_prompt_enhanced":true}`, 2, h3},
		{"H3 edit", "MiniMax-H3-Image-Highspeed", `{"prompt":"a red fox","size":"1024x640","image":"fox","images":["den"],"output_format":"webp"}`, 1, h3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			providertest.Run(t, providertest.Harness{
				Module: hailuo.Module, Sandbox: minimaxsandbox.New(c.model), Operation: "hailuo.generate", Model: c.model, Input: c.input, Results: c.results,
				Reason:  "new_sensitive",
				Charges: map[string]fault.Charge{"refuse-output": fault.ChargedUnknown}, // not documented
				Lacks:   c.lacks,
			})
		})
	}
}

// Images that the filter withholds are a warning. The price of image-01 is a quote
// only, since it is not confirmed; the tokens of H3 are its cost, which a quote does
// not know.
func TestCost(t *testing.T) {
	t.Parallel()
	h, err := module.NewRegistry(hailuo.Module)
	if err != nil {
		t.Fatal(err)
	}
	imitation := minimaxsandbox.New("image-01", "MiniMax-H3-Image")
	box := sandboxtest.Start(t, imitation)
	accounts := provider.NewAccounts()
	accounts.Add(imitation.Vendor, provider.Limits{}, imitation.Account(box.Root()))
	e := workertest.New(t, h, accounts)
	for name, c := range map[string]struct {
		input          string
		results        int
		quoted, actual float64 // 0: not known
		says           string
	}{
		"all":      {`{"prompt":"a fox","n":2}`, 2, 0.007, 0, ""},
		"filtered": {`{"prompt":"a fox [[refuse-output]]","n":3}`, 2, 0.0105, 0, "withheld 1 of 3 images"},
		"ten":      {`{"prompt":"a fox","n":10,"width":512,"height":512}`, 10, 0.035, 0, ""},
		"H3":       {`{"prompt":"a fox","model":"MiniMax-H3-Image","area":"1K"}`, 1, 0, 0.034205, ""},
		"H3 edit":  {`{"prompt":"a fox","model":"MiniMax-H3-Image","area":"1K","image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAD0lEQVR42mP4jwYYRrYAAID5/wGR6yAaAAAAAElFTkSuQmCC"}`, 1, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := e.Run("hailuo.generate", c.input)
			bought := box.Purchases().ByTask[v.TaskID]
			if v.Group != nil { // one request makes at most 9
				bought = 1
				for _, id := range v.Group.Children {
					bought *= box.Purchases().ByTask[id]
				}
			}
			if v.Status != task.Succeeded || len(v.Data) != c.results || bought != 1 || (v.Group != nil) != (c.results > 9) {
				t.Fatalf("%s, %d results, %d purchases: %+v", v.Status, len(v.Data), bought, v.Error)
			}
			if got := v.Cost; amount(got.Quoted) != c.quoted || amount(got.Actual) != c.actual {
				t.Errorf("quoted %g, actual %g; want %g and %g", amount(got.Quoted), amount(got.Actual), c.quoted, c.actual)
			}
			if c.says != "" && !slices.ContainsFunc(v.Warnings, func(w string) bool { return strings.Contains(w, c.says) }) {
				t.Errorf("warnings %q", v.Warnings)
			}
		})
	}
}

func amount(known *float64) float64 {
	if known == nil {
		return 0
	}
	return *known
}
