package zhipu

import (
	"encoding/json"
	"reflect"
	"testing"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/providertest"
)

// table is a model table like that of the vertical.
var table = []module.Model{
	{ID: "cogview-4-250304", Prices: PerImageAtZAI(0.01)},
	{ID: "cogview-3-flash", Prices: FreeAtBigModel()},
	{ID: "glm-image", Prices: PerImageAtZAI(0.015)},
}

func route() module.Route {
	return module.Mixed(Vendor(), Driver{}, module.Terms{Models: table}).Route
}

// The plan of an input: faults and warnings. Without a base URL there is no price.
func TestPlan(t *testing.T) {
	t.Parallel()
	const cogView, flash, glm = "cogview-4-250304", "cogview-3-flash", "glm-image"
	cases := []struct {
		name, model, input string
		want               providertest.Plan
	}{
		{"text", cogView, `{"n":10}`, providertest.Plan{Count: 10}},
		{"quality", cogView, `{"quality":"hd"}`, providertest.Plan{Count: 1}},
		{"quality of flash", flash, `{"quality":"hd"}`, providertest.Plan{Count: 1, Warnings: []string{"quality hd rounded to the nearest supported value, standard."}}},
		{"default quality of flash", flash, `{"quality":"standard"}`, providertest.Plan{Count: 1}},
		{"quality of glm", glm, `{"quality":"standard"}`, providertest.Plan{Count: 1, Warnings: []string{"quality standard rounded to the nearest supported value, hd."}}},
		{"default quality of glm", glm, `{"quality":"hd"}`, providertest.Plan{Count: 1}},
		{"seed", glm, `{"seed":0}`, providertest.Plan{Count: 1, Warnings: []string{"seed ignored: glm-image does not support it."}}},
		{"watermark", cogView, `{"watermark_enabled":false,"user_id":"123456"}`, providertest.Plan{Count: 1}},
		{"blank prompt", cogView, `{"prompt":" \n"}`, providertest.Plan{Count: 1, Faults: []string{"prompt"}}},
		{"least size", cogView, `{"size":"512x512"}`, providertest.Plan{Count: 1}},
		{"most pixels", cogView, `{"size":"2048x1024"}`, providertest.Plan{Count: 1}},
		{"listed size", cogView, `{"size":"864x1152"}`, providertest.Plan{Count: 1}},
		{"size of glm", cogView, `{"size":"2048x2048"}`, providertest.Plan{Count: 1, Warnings: []string{"size 2048x2048 rounded to the nearest supported value, 1440x1440."}}},
		{"too small", cogView, `{"size":"496x512"}`, providertest.Plan{Count: 1, Faults: []string{"size"}, Warnings: []string{"size"}}},
		{"no multiple of 16", cogView, `{"size":"1000x1000"}`, providertest.Plan{Count: 1, Faults: []string{"size"}, Warnings: []string{"size"}}},
		{"too large", cogView, `{"size":"2064x512"}`, providertest.Plan{Count: 1, Faults: []string{"size"}, Warnings: []string{"size"}}},
		{"most pixels of glm", glm, `{"size":"2048x2048"}`, providertest.Plan{Count: 1}},
		{"size with a short side", glm, `{"size":"960x1728"}`, providertest.Plan{Count: 1}},
		{"size of CogView", glm, `{"size":"1024x768"}`, providertest.Plan{Count: 1, Warnings: []string{"size 1024x768 rounded to the nearest supported value, 1376x1024."}}},
		{"no multiple of 32", glm, `{"size":"1040x1024"}`, providertest.Plan{Count: 1, Warnings: []string{"size 1040x1024 rounded to the nearest supported value, 1056x1024."}}},
		{"size of no model", glm, `{"size":"1920x1080"}`, providertest.Plan{Count: 1, Faults: []string{"size"}, Warnings: []string{"size"}}},
		{"unknown model", "cogview-9", `{"quality":"hd","size":"1344x768"}`, providertest.Plan{Count: 1}},
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

// A rounded size is a supported one, and a supported one is not rounded.
func TestSizesAreSupported(t *testing.T) {
	t.Parallel()
	for _, model := range []string{"cogview-4", "glm-image"} {
		can := capabilitiesOf(model)
		for w := 512; w <= 2048; w += 16 {
			for h := 512; h <= 2048; h += 16 {
				size := provider.FormatSize(w, h)
				in := Input{Prompt: "x", Size: size}
				if len((Driver{}).Check(in, module.Target{Model: model})) > 0 {
					continue
				}
				r, warnings := in.request(model, "")
				x, y, _ := provider.ParseSize(r.Size)
				if m := can.checkSize(x, y); m != "" || (r.Size == size) != (len(warnings) == 0) {
					t.Fatalf("%s %s: sent %s, %s, warnings %v", model, size, r.Size, m, warnings)
				}
			}
		}
	}
}

// What the site decides: the price list, and the field of the watermark.
func TestSites(t *testing.T) {
	t.Parallel()
	const bigModelURL, zAIURL = "https://open.bigmodel.cn/api/paas/v4", "https://api.z.ai/api/paas/v4"
	cases := []struct {
		name, base, model string
		quote, cost       string // of two images, of one; empty: not known
		warnings          int    // on the watermark
	}{
		{"CogView at Z.ai", zAIURL, "cogview-4-250304", "0.02 USD", "0.01 USD", 1},
		{"GLM at Z.ai", zAIURL, "glm-image", "0.03 USD", "0.015 USD", 1},
		{"Z.ai in capitals", "https://API.Z.AI/api/paas/v4", "glm-image", "0.03 USD", "0.015 USD", 1},
		{"flash at Z.ai", zAIURL, "cogview-3-flash", "", "", 1},
		{"unknown model at Z.ai", zAIURL, "cogview-9", "", "", 1},
		{"flash at BigModel", bigModelURL, "cogview-3-flash", "0 CNY", "0 CNY", 0},
		{"CogView at BigModel", bigModelURL, "cogview-4-250304", "", "", 0},
		{"GLM at BigModel", bigModelURL, "glm-image", "", "", 0},
		{"gateway", "https://z.ai.example/v1", "cogview-4-250304", "", "", 0},
		{"gateway with the flash model", "https://gateway.example/v1", "cogview-3-flash", "", "", 0},
		{"no URL", "http://%zz", "cogview-3-flash", "", "", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			off := false
			target := route().Target(c.model)
			target.BaseURL = c.base
			p := Driver{}.Plan(Input{Prompt: "x", N: 2, Watermark: &off}, target)
			if got := text(p.Quote); got != c.quote || len(p.Warnings) != c.warnings {
				t.Errorf("quote %q, want %q; warnings %q", got, c.quote, p.Warnings)
			}
			r, _ := Input{Watermark: &off}.request(c.model, c.base)
			if (r.Watermark == nil) != (c.warnings == 1) {
				t.Errorf("watermark_enabled sent: %v", r.Watermark)
			}
			call := provider.Call{Model: c.model, Account: provider.Account{BaseURL: c.base}, Prices: route().Prices}
			a, ok := reply{}.answer(call, []output{{URL: "https://x"}})
			if got := text(a.Cost); !ok || got != c.cost || a.NoCost != (c.cost == "") {
				t.Errorf("cost %q, NoCost %t; want %q", got, a.NoCost, c.cost)
			}
		})
	}
}

func text(m *provider.Money) string {
	if m == nil {
		return ""
	}
	return m.String()
}

// Both sites are the vendor's own, so that keys and retired models are treated alike.
func TestVendor(t *testing.T) {
	t.Parallel()
	v := Vendor()
	for base, want := range map[string]bool{
		"https://open.bigmodel.cn/api/paas/v4": true, "https://api.z.ai/api/paas/v4": true,
		"https://open.bigmodel.cn.example": false, "https://xz.ai": false,
	} {
		if v.IsOfficialHost(base) != want {
			t.Errorf("%s: %t", base, !want)
		}
	}
	if v.KeyName() != "ZHIPU_API_KEY" || v.Probe != nil || !v.Limits.PerAccount || v.Limits.Running != 0 {
		t.Errorf("%+v", v)
	}
}

// The input in the common vocabulary.
func TestCommon(t *testing.T) {
	t.Parallel()
	seed, mark := int64(7), false
	cases := []struct {
		name string
		in   Input
		want provider.Common
	}{
		{"least", Input{Prompt: "x", N: 1}, provider.Common{Prompt: "x", N: 1, Other: map[string]any{}}},
		{"all", Input{Prompt: "x", Model: "m", N: 2, Size: "1344x768", Quality: "hd", Watermark: &mark, UserID: "user-1", Seed: &seed},
			provider.Common{Prompt: "x", N: 2, Size: "1344x768", Quality: "hd", Watermark: &mark, Seed: &seed, Other: map[string]any{"user_id": "user-1"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.in.Common(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}
