package stability

import (
	"encoding/json"
	"testing"

	"aigc/app/provider"
)

// What an aggregator is sent: the common vocabulary, and the vendor's own fields in Other.
func TestCommon(t *testing.T) {
	t.Parallel()
	var _ provider.CommonInput = Input{}
	cases := []struct{ name, input, want string }{
		{"least", `{"prompt":"x","n":1}`, `{"Prompt":"x","N":1}`},
		{"all", `{"prompt":"x","model":"sd3.5-large","negative_prompt":"y","image":"id","strength":0,"aspect_ratio":"16:9","n":2,"seed":5,"cfg_scale":4,"style_preset":"anime","output_format":"webp","user":"u"}`,
			`{"Prompt":"x","N":2,"AspectRatio":"16:9","NegativePrompt":"y","Seed":5,"Images":["id"],"OutputFormat":"webp","Other":{"cfg_scale":4,"strength":0,"style_preset":"anime","user":"u"}}`},
		{"pixels", `{"prompt":"x","size":"1024x768"}`, `{"Prompt":"x","Size":"1024x768"}`},
		{"ratio as size", `{"prompt":"x","size":"3:4"}`, `{"Prompt":"x","AspectRatio":"3:4"}`},
		{"both", `{"prompt":"x","size":"1024x768","aspect_ratio":"1:1"}`, `{"Prompt":"x","AspectRatio":"1:1"}`},
		{"random seed", `{"prompt":"x","seed":0}`, `{"Prompt":"x"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var in Input
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(in.Common())
			if err != nil {
				t.Fatal(err)
			}
			var all, want map[string]any
			if json.Unmarshal(got, &all) != nil || json.Unmarshal([]byte(c.want), &want) != nil {
				t.Fatal("not JSON")
			}
			for name, v := range all { // those not requested are empty
				if m, ok := v.(map[string]any); v == nil || v == "" || v == 0.0 || ok && len(m) == 0 {
					delete(all, name)
				}
			}
			a, _ := json.Marshal(all)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Errorf("%s, want %s", a, b)
			}
		})
	}
}
