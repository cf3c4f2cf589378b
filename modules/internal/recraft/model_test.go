package recraft

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"aigc/app/provider"
)

func TestCapabilitiesOf(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]capabilities{
		"recraftv2":                      {Generation: v2},
		"recraftv2_vector":               {Generation: v2, Vector: true},
		"recraftv3":                      {Generation: v3},
		"recraftv3_raster":               {Generation: v3},
		"recraftv3-svg":                  {Generation: v3, Vector: true},
		"recraft/recraft-v3":             {Generation: v3},
		"recraftv4":                      {Generation: v4},
		"recraftv4_1":                    {Generation: v4},
		"recraftv4_1_flash":              {Generation: v4, Flash: true},
		"recraftv4_1_utility_pro_vector": {Generation: v4, Pro: true, Vector: true},
		"recraftv4_styles_pro":           {Generation: v4, Pro: true, Styles: true},
		"recraft/recraft-v4.1-pro":       {Generation: v4, Pro: true},
		"recraftv5":                      {Generation: v4},
		"prompt-to-image":                {Generation: v4},
	} {
		if got := capabilitiesOf(model); got != want {
			t.Errorf("%s: %+v, want %+v", model, got, want)
		}
	}
}

// Every size and ratio of the documentation is sent as it is.
func TestSizes(t *testing.T) {
	t.Parallel()
	listed := map[string]map[string]string{
		"recraftv4": {
			"": "1024x1024", "1:1": "1024x1024", "2:1": "1536x768", "1:2": "768x1536", "3:2": "1280x832", "2:3": "832x1280", "4:3": "1216x896", "3:4": "896x1216",
			"5:4": "1152x896", "4:5": "896x1152", "6:10": "832x1344", "14:10": "1280x896", "10:14": "896x1280", "16:9": "1344x768", "9:16": "768x1344",
		},
		"recraftv4_1_pro": {
			"": "2048x2048", "1:1": "2048x2048", "2:1": "3072x1536", "1:2": "1536x3072", "3:2": "2560x1664", "4:3": "2432x1792", "5:4": "2304x1792",
			"6:10": "1664x2688", "14:10": "2560x1792", "16:9": "2688x1536", "9:16": "1536x2688",
		},
		"recraftv3": {
			"": "1024x1024", "1:1": "1024x1024", "4:3": "1365x1024", "3:4": "1024x1365", "3:2": "1536x1024", "2:3": "1024x1536", "16:9": "1820x1024", "9:16": "1024x1820",
			"1:2": "1024x2048", "2:1": "2048x1024", "7:5": "1434x1024", "5:7": "1024x1434", "4:5": "1024x1280", "5:4": "1280x1024", "3:5": "1024x1707", "5:3": "1707x1024",
		},
	}
	for model, sizes := range listed {
		can := capabilitiesOf(model)
		for ratio, want := range sizes {
			for _, requested := range []string{ratio, want} {
				if got, rounded := can.size(requested); got != want || rounded {
					t.Errorf("%s %s: %s, rounded %t; want %s", model, requested, got, rounded, want)
				}
			}
		}
		if model != "recraftv4_1_pro" && len(can.sizes()) != len(sizes)-1 {
			t.Errorf("%s has %d sizes, want %d", model, len(can.sizes()), len(sizes)-1)
		}
	}
	for requested, want := range map[string]string{"512x512": "1024x1024", "2000x1000": "1536x768", "1000x600": "1344x768", "1:3": "768x1536", "10:6": "1344x768", "0:1": "1024x1024"} {
		if got, rounded := capabilitiesOf("recraftv4").size(requested); got != want || !rounded {
			t.Errorf("%s: %s, rounded %t; want %s", requested, got, rounded, want)
		}
	}
}

// The tables have as many substyles as the documentation.
func TestSubstyles(t *testing.T) {
	t.Parallel()
	want := map[generation]map[string]int{
		v3: {"any": 0, "realistic_image": 19, "digital_illustration": 39, "vector_illustration": 22, "logo_raster": 5},
		v2: {"any": 0, "realistic_image": 7, "digital_illustration": 18, "vector_illustration": 9, "icon": 10},
	}
	for g, styles := range want {
		got := map[string]int{}
		for style, list := range substyles[g] {
			got[style] = len(list)
			if unique := len(slices.Compact(slices.Sorted(slices.Values(list)))); unique != len(list) {
				t.Errorf("%s of V%d: %d of %d substyles are unique", style, g, unique, len(list))
			}
		}
		if !maps.Equal(got, styles) {
			t.Errorf("V%d: %v, want %v", g, got, styles)
		}
	}
}

func TestCommon(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ input, want string }{
		"least": {`{"prompt":"x","n":1}`, `{"Prompt":"x","N":1,"Other":{}}`},
		"shared": {`{"prompt":"x","n":2,"size":"1365x1024","style":"realistic","negative_prompt":"y","seed":0,"image":"a","mask":"b","image_format":"jpg","response_format":"url"}`,
			`{"Prompt":"x","N":2,"Size":"1365x1024","Style":"realistic_image","NegativePrompt":"y","Seed":0,"Images":["a"],"Mask":"b","OutputFormat":"jpeg","Other":{}}`},
		"further": {`{"prompt":"x","size":"16:9","substyle":"hdr","strength":0,"style_references":["c"],"controls":{"no_text":true},"image_format":"webp"}`,
			`{"Prompt":"x","AspectRatio":"16:9","OutputFormat":"webp","Other":{"substyle":"hdr","strength":0,"controls":{"no_text":true}},"Omitted":["style_references"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var in Input
			var want provider.Common
			if json.Unmarshal([]byte(c.input), &in) != nil || json.Unmarshal([]byte(c.want), &want) != nil {
				t.Fatal("the case is not JSON")
			}
			got, err := json.Marshal(in.Common())
			if err != nil {
				t.Fatal(err)
			}
			if expected, _ := json.Marshal(want); string(got) != string(expected) {
				t.Errorf("%s, want %s", got, expected)
			}
		})
	}
}
