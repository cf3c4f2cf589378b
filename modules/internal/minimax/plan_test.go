package minimax

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// table is a model table like that of the vertical.
var table = []module.Model{{ID: "image-01", Prices: PerImage(0.0035)}, {ID: "image-01-live"}, {ID: "MiniMax-H3-Image", Prices: PerToken(1)}}

func route() module.Route {
	return module.Sync[Input](Vendor(), Driver{}, module.Terms{Models: table}).Route
}

const live, h3 = "image-01-live", "MiniMax-H3-Image"

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	type plan = providertest.Plan
	warn := func(w ...string) plan { return plan{Count: 1, Quote: 0.0035, Warnings: w} }
	unpriced := func(w ...string) plan { return plan{Count: 1, Warnings: w} }
	bad := func(fields ...string) plan { return plan{Count: 1, Quote: 0.0035, Faults: fields} }
	cases := []struct {
		name, model, input string
		want               plan
	}{
		{"text", "image-01", `{}`, warn()},
		{"nine", "image-01", `{"n":9}`, plan{Count: 9, Quote: 0.0315}},
		{"ten", "image-01", `{"n":10}`, plan{Count: 10, Quote: 0.035}},
		{"ten of H3", h3, `{"n":10}`, plan{Count: 10}},
		{"no price of live", live, `{}`, unpriced()},
		{"unknown model", "image-02", `{"n":2,"width":512,"height":512,"style":"漫画","aspect_ratio":"21:9"}`, plan{Count: 2, Warnings: []string{"width and height ignored: aspect_ratio"}}},
		{"blank", "image-01", `{"prompt":" \n"}`, bad("prompt")},
		{"long", "image-01", `{"prompt":"` + strings.Repeat("狐", 1500) + `"}`, warn()},
		{"too long", "image-01", `{"prompt":"` + strings.Repeat("狐", 1501) + `"}`, bad("prompt")},
		{"long of H3", h3, `{"prompt":"` + strings.Repeat("狐", 1501) + `"}`, unpriced()},
		{"width alone", "image-01", `{"width":512}`, bad("width")},
		{"height alone of H3", h3, `{"height":512}`, plan{Count: 1, Faults: []string{"width"}}},
		{"odd sides", "image-01", `{"width":512,"height":1001}`, plan{Count: 1, Quote: 0.0035, Faults: []string{"width"}, Warnings: []string{"width and height 512x1001 rounded"}}},
		{"sixteen images", h3, `{"images":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]}`, unpriced()},
		{"seventeen images", h3, `{"image":"0","images":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16"]}`, plan{Count: 1, Faults: []string{"images"}}},
		{"fields of H3", "image-01", `{"area":"2K","disable_prompt_enhanced":true,"output_format":"png"}`, warn("area ignored: image-01 does not support it.", "disable_prompt_enhanced ignored", "output_format png replaced by jpeg: image-01 makes JPEG only.")},
		{"the format of image-01", "image-01", `{"output_format":"jpeg"}`, warn()},
		{"fields of image-01", h3, `{"seed":0,"prompt_optimizer":false,"aigc_watermark":true,"style":"漫画"}`, unpriced("seed ignored", "prompt_optimizer ignored", "aigc_watermark ignored", "style ignored")},
		{"style", "image-01", `{"style":"漫画"}`, warn("style ignored: image-01 does not support it.")},
		{"style of live", live, `{"style":"漫画"}`, unpriced()},
		{"old fields", "image-01", `{"size":"1024x1024","quality":"standard","seed":7,"response_format":"url"}`, warn()},
		{"old quality that is not the default", "image-01", `{"quality":"hd"}`, warn("quality ignored: image-01 does not support it.")},
		{"bytes", "image-01", `{"response_format":"b64_json"}`, warn("response_format b64_json ignored: the answer holds links.")},
		{"ratio", "image-01", `{"aspect_ratio":"21:9"}`, warn()},
		{"other ratio", "image-01", `{"aspect_ratio":"5:4"}`, warn("aspect_ratio 5:4 rounded to the nearest supported value, 4:3.")},
		{"wide of live", live, `{"aspect_ratio":"21:9"}`, unpriced("aspect_ratio 21:9 rounded to the nearest supported value, 16:9.")},
		{"auto", "image-01", `{"size":"auto"}`, warn("auto replaced by aspect_ratio 1:1: image-01 does not choose the shape.")},
		{"auto ratio", live, `{"aspect_ratio":"auto"}`, unpriced("auto replaced by aspect_ratio 1:1")},
		{"auto of H3", h3, `{"size":"auto","aspect_ratio":"auto","area":"1K"}`, unpriced()},
		{"ratio of H3", h3, `{"aspect_ratio":"7:5","area":"4K","disable_prompt_enhanced":true}`, unpriced()},
		{"size", "image-01", `{"size":"1280x800"}`, warn()},
		{"small size", "image-01", `{"size":"256x256"}`, warn("size 256x256 rounded to the nearest supported value, 512x512.")},
		{"odd size", "image-01", `{"size":"1001x1000"}`, warn("size 1001x1000 rounded to the nearest supported value, 1000x1000.")},
		{"size of live", live, `{"size":"1280x720"}`, unpriced()},
		{"other size of live", live, `{"size":"1792x1024"}`, unpriced("size 1792x1024 replaced by aspect_ratio 16:9: image-01-live does not support sides in pixels.")},
		{"sides of live", live, `{"width":512,"height":1000}`, unpriced("width and height 512x1000 replaced by aspect_ratio 9:16")},
		{"size and ratio", "image-01", `{"size":"1280x800","aspect_ratio":"1:1"}`, warn("size ignored: aspect_ratio sets the shape already.")},
		{"size and sides", "image-01", `{"size":"1280x800","width":512,"height":1024}`, warn("size ignored: width and height set it already.")},
		{"size of H3", h3, `{"size":"1024x1024","disable_prompt_enhanced":true}`, unpriced()},
		{"small size of H3", h3, `{"size":"512x512"}`, unpriced("size 512x512 rounded to the nearest supported value, 810x810.")},
		{"long size of H3", h3, `{"size":"4000x1000"}`, unpriced("size 4000x1000 rounded to the nearest supported value, 3000x1000.")},
		{"sides of H3", h3, `{"width":1000,"height":1001}`, unpriced()},
		{"all shapes of H3", h3, `{"size":"1024x1024","aspect_ratio":"1:1","area":"4K"}`, unpriced("aspect_ratio ignored: size sets the shape already.", "area ignored: size sets it already.")},
		{"enhanced in any shape", h3, `{"disable_prompt_enhanced":false}`, unpriced()},
		{"not enhanced in any shape", h3, `{"disable_prompt_enhanced":true,"aspect_ratio":"auto","size":"auto"}`, plan{Count: 1, Faults: []string{"disable_prompt_enhanced"}}},
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

// The list is that of the global site; the mainland site bills in CNY.
func TestQuoteBySite(t *testing.T) {
	t.Parallel()
	for base, quoted := range map[string]bool{
		"https://api.minimax.io": true, "https://api.minimaxi.chat": true, "https://gateway.example/minimaxi.com": true,
		"https://api.minimaxi.com": false, "https://api.minimax.chat": false, "https://api.minimaxi.com:443/": false,
	} {
		target := route().Target("image-01")
		target.BaseURL = base
		if p := (Driver{}).Plan(Input{Prompt: "x"}, target); (p.Quote != nil) != quoted {
			t.Errorf("%s: quote %v", base, p.Quote)
		}
	}
}

// Both sites are MiniMax's own.
func TestOfficialHosts(t *testing.T) {
	t.Parallel()
	for base, own := range map[string]bool{
		"https://api.minimax.io": true, "https://api.minimaxi.com": true, "https://api.minimaxi.chat": true, "https://api.minimax.chat": true,
		"https://gateway.example": false, "https://notminimax.io": false,
	} {
		if Vendor().IsOfficialHost(base) != own {
			t.Errorf("%s: %t", base, !own)
		}
	}
}
