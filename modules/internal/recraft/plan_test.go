package recraft

import (
	"encoding/json"
	"strings"
	"testing"

	"aigc/app/module"
	"aigc/app/provider/providertest"
)

// table is a model table like those of the modules.
var table = []module.Model{
	NewModel("recraftv4_1", "", ""), NewModel("recraftv4_1_vector", "", ""), NewModel("recraftv4_1_pro", "", ""), NewModel("recraftv4_1_pro_vector", "", ""),
	NewModel("recraftv4_1_utility", "", ""), NewModel("recraftv4_1_flash", "", ""), NewModel("recraftv4", "", ""), NewModel("recraftv4_pro", "", ""),
	NewModel("recraftv4_styles", "", ""), NewModel("recraftv3", "", ""), NewModel("recraftv3_vector", "", ""), NewModel("recraftv2", "", ""), NewModel("recraftv2_vector", "", ""),
}

const id = `"0f3c2a9e-1111-4a5b-9c11-2f2f2f2f2f2f"`

// The plan of an input: faults, warnings, quote.
func TestPlan(t *testing.T) {
	t.Parallel()
	route := module.Sync[Input](Vendor(), Generator{}, module.Terms{Models: table}).Route
	long := `"` + strings.Repeat("ж", 1001) + `"`
	cases := []struct {
		name, model, input string
		want               providertest.Plan
	}{
		{"least", "recraftv4_1", `{}`, providertest.Plan{Quote: 0.035}},
		{"six", "recraftv4_1_pro", `{"n":6}`, providertest.Plan{Count: 6, Quote: 1.26}},
		{"vector", "recraftv4_1_pro_vector", `{}`, providertest.Plan{Quote: 0.3}},
		{"flash", "recraftv4_1_flash", `{"n":2}`, providertest.Plan{Count: 2, Quote: 0.014}},
		{"utility has no list price", "recraftv4_1_utility", `{}`, providertest.Plan{}},
		{"but its edits have", "recraftv4_1_utility", `{"image":"a","strength":0.5}`, providertest.Plan{Quote: 0.04}},
		{"unknown model", "recraft-x", `{}`, providertest.Plan{}},
		{"V3", "recraftv3", `{"n":2}`, providertest.Plan{Count: 2, Quote: 0.08}},
		{"V2", "recraftv2", `{}`, providertest.Plan{Quote: 0.022}},
		{"V2 vector", "recraftv2_vector", `{}`, providertest.Plan{Quote: 0.044}},
		{"image", "recraftv4_1", `{"image":"a","strength":1,"n":2}`, providertest.Plan{Count: 2, Quote: 0.08}},
		{"image to vector", "recraftv4_1_vector", `{"image":"a","strength":0}`, providertest.Plan{Quote: 0.08}},
		{"mask", "recraftv2", `{"image":"a","mask":"b"}`, providertest.Plan{Quote: 0.04}},
		{"mask with a vector style", "recraftv2", `{"image":"a","mask":"b","style":"icon"}`, providertest.Plan{Quote: 0.08, Warnings: []string{"model recraftv2 replaced by recraftv2_vector: style icon needs it."}}},
		{"upscale has no list price", "recraftv4_1", `{"upscale":"upscale4mp"}`, providertest.Plan{}},

		{"blank prompt", "recraftv4_1", `{"prompt":" \n"}`, providertest.Plan{Quote: 0.035, Faults: []string{"prompt"}}},
		{"long prompt", "recraftv4_1", `{"prompt":` + long + `}`, providertest.Plan{Quote: 0.035}},
		{"long prompt of V3", "recraftv3", `{"prompt":` + long + `}`, providertest.Plan{Quote: 0.04, Faults: []string{"prompt"}}},
		{"longest prompt of V3", "recraftv3", `{"prompt":"` + strings.Repeat("ж", 1000) + `"}`, providertest.Plan{Quote: 0.04}},
		{"no strength", "recraftv4_1", `{"image":"a"}`, providertest.Plan{Quote: 0.04, Faults: []string{"strength"}}},
		{"mask alone", "recraftv4_1", `{"mask":"a"}`, providertest.Plan{Quote: 0.035, Faults: []string{"image"}}},
		{"image of flash", "recraftv4_1_flash", `{"image":"a","mask":"b"}`, providertest.Plan{Quote: 0.007, Faults: []string{"image"}}},
		{"image of V2", "recraftv2", `{"image":"a","strength":0.5}`, providertest.Plan{Quote: 0.04, Faults: []string{"image"}}},
		{"styles model without a style", "recraftv4_styles", `{}`, providertest.Plan{Faults: []string{"style_id"}}},
		{"colours", "recraftv4_1", `{"controls":{"colors":[{"rgb":[0,0,255]},{"rgb":[0,256,0]},{"rgb":[1,2]}],"background_color":{"rgb":[-1,0,0]}}}`,
			providertest.Plan{Quote: 0.035, Faults: []string{"controls.colors[1].rgb", "controls.colors[2].rgb", "controls.background_color.rgb"}}},
		{"boxes", "recraftv3", `{"text_layout":[{"text":"a","bbox":[[0,0],[1,0],[1,1],[0,1]]},{"text":"b","bbox":[[0,0],[1,0],[1,1.1],[0,1]]},{"text":"c","bbox":[[0,0],[1],[1,1],[0,1]]}]}`,
			providertest.Plan{Quote: 0.04, Faults: []string{"text_layout[1].bbox", "text_layout[2].bbox"}}},

		{"old fields", "recraftv4_1", `{"style":"realistic","size":"1024x1024","image_format":"png"}`, providertest.Plan{Quote: 0.035, Warnings: []string{"style ignored: recraftv4_1 does not support it."}}},
		{"old fields of V3", "recraftv3", `{"style":"realistic","size":"1024x1024","image_format":"jpg"}`, providertest.Plan{Quote: 0.04,
			Warnings: []string{"style realistic rounded to the nearest supported value, realistic_image.", "image_format jpg rounded to the nearest supported value, png."}}},
		{"old style of the tool", "recraftv3", `{"style":"realistic_image"}`, providertest.Plan{Quote: 0.04}},
		{"ratio", "recraftv4_1", `{"size":"16:9"}`, providertest.Plan{Quote: 0.035}},
		{"the same ratio", "recraftv4_1", `{"size":"3:5"}`, providertest.Plan{Quote: 0.035}},
		{"ratio of V3", "recraftv3", `{"size":"7:5"}`, providertest.Plan{Quote: 0.04}},
		{"wide", "recraftv4_1", `{"size":"21:9"}`, providertest.Plan{Quote: 0.035, Warnings: []string{"size 21:9 rounded to the nearest supported value, 1536x768."}}},
		{"wide V3", "recraftv3", `{"size":"21:9"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"size 21:9 rounded to the nearest supported value, 2048x1024."}}},
		{"size of V3", "recraftv4_1", `{"size":"1820x1024"}`, providertest.Plan{Quote: 0.035, Warnings: []string{"size 1820x1024 rounded to the nearest supported value, 1344x768."}}},
		{"size of another tier", "recraftv4_pro", `{"size":"1024x1024"}`, providertest.Plan{Quote: 0.25, Warnings: []string{"size 1024x1024 rounded to the nearest supported value, 2048x2048."}}},
		{"size of an edit", "recraftv4", `{"image":"a","strength":0.1,"size":"1:1"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"size ignored: the result has the size"}}},
		{"strength with a mask", "recraftv4", `{"image":"a","mask":"b","strength":0.1}`, providertest.Plan{Quote: 0.04, Warnings: []string{"strength ignored"}}},
		{"strength alone", "recraftv4", `{"strength":0.1}`, providertest.Plan{Quote: 0.04, Warnings: []string{"strength ignored"}}},
		{"format of a vector image", "recraftv3_vector", `{"image_format":"png"}`, providertest.Plan{Quote: 0.08, Warnings: []string{"image_format ignored: recraftv3_vector"}}},

		{"style references", "recraftv4_1_pro", `{"style_references":["a"],"style_match":"precise"}`, providertest.Plan{Warnings: []string{"model recraftv4_1_pro replaced by recraftv4_styles_pro: a custom style needs it."}}},
		{"style references of V3", "recraftv3", `{"style_references":["a"],"style_match":"precise"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"style_match ignored"}, Faults: []string{"style_references"}}},
		{"custom style of V3", "recraftv3", `{"style_id":` + id + `,"style":"any","substyle":"hdr"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"style ignored: style_id", "substyle ignored: style_id"}}},
		{"custom style and a substyle", "recraftv3", `{"style_id":` + id + `,"substyle":"hdr"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"substyle ignored: style_id"}}},
		{"custom style of V4", "recraftv4_1_vector", `{"style_id":` + id + `}`, providertest.Plan{Warnings: []string{"model recraftv4_1_vector replaced by recraftv4_styles_vector"}}},
		{"custom style of a gateway's V4", "recraft-v4", `{"style_id":` + id + `}`, providertest.Plan{}},
		{"both", "recraftv4_styles", `{"style_id":` + id + `,"style_references":["a"]}`, providertest.Plan{Faults: []string{"style_references"}}},
		{"custom style of flash", "recraftv4_1_flash", `{"style_id":` + id + `,"style_references":["a"]}`, providertest.Plan{Quote: 0.007, Warnings: []string{"style_id ignored"}, Faults: []string{"style_references"}}},

		{"vector style", "recraftv3", `{"style":"vector_illustration","substyle":"thin","image_format":"webp"}`, providertest.Plan{Quote: 0.08,
			Warnings: []string{"model recraftv3 replaced by recraftv3_vector: style vector_illustration needs it.", "image_format ignored: recraftv3_vector"}}},
		{"vector style of the cheap one", "recraftv2", `{"substyle":"pictogram"}`, providertest.Plan{Quote: 0.044, Warnings: []string{"model recraftv2 replaced by recraftv2_vector: style icon needs it."}}},
		{"vector style of a gateway's V3", "recraft-v3", `{"style":"vector_illustration"}`, providertest.Plan{}},
		{"raster style of a vector model", "recraftv3_vector", `{"style":"realistic","substyle":"hdr"}`, providertest.Plan{Quote: 0.08,
			Warnings: []string{"style realistic rounded", "style realistic_image ignored: recraftv3_vector makes vector images.", "substyle hdr ignored: its style is ignored."}}},
		{"style of V2", "recraftv3", `{"style":"icon"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"style icon ignored: recraftv3 does not support it."}}},
		{"style of V3", "recraftv2", `{"style":"logo_raster","substyle":"emblem_punk"}`, providertest.Plan{Quote: 0.022, Warnings: []string{"style logo_raster ignored", "substyle emblem_punk ignored"}}},
		{"substyle of V2", "recraftv3", `{"style":"digital_illustration","substyle":"voxel"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"substyle voxel ignored: style digital_illustration of recraftv3 does not have it."}}},
		{"substyle of another style", "recraftv3", `{"style":"realistic_image","substyle":"pixel_art"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"substyle pixel_art ignored"}}},
		{"unknown substyle", "recraftv3", `{"substyle":"banana"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"substyle banana ignored: no style of recraftv3 has it."}}},
		{"substyle alone", "recraftv3", `{"substyle":"seamless"}`, providertest.Plan{Quote: 0.04}},
		{"substyle alone of a vector model", "recraftv3_vector", `{"substyle":"seamless"}`, providertest.Plan{Quote: 0.08}},
		{"newer name of a vector style", "recraftv3", `{"style":"Vector art"}`, providertest.Plan{Quote: 0.08, Warnings: []string{"model recraftv3 replaced by recraftv3_vector: style Vector art needs it."}}},
		{"newer name of a vector style of a vector model", "recraftv2_vector", `{"style":"Vector art"}`, providertest.Plan{Quote: 0.044}},
		{"newer name of a raster style of a vector model", "recraftv3_vector", `{"style":"Photorealism"}`, providertest.Plan{Quote: 0.08, Warnings: []string{"style Photorealism ignored: recraftv3_vector makes vector images."}}},
		{"newer name", "recraftv3", `{"style":"Photorealism","substyle":"x"}`, providertest.Plan{Quote: 0.04}},

		{"fields of V3", "recraftv4_1", `{"substyle":"hdr","negative_prompt":"x","controls":{"artistic_level":3},"text_layout":[{"text":"a","bbox":[[0,0],[1,0],[1,1],[0,1]]}],"response_format":"b64_json"}`,
			providertest.Plan{Quote: 0.035, Warnings: []string{"substyle ignored", "negative_prompt ignored", "controls.artistic_level ignored", "text_layout ignored", "response_format b64_json ignored"}}},
		{"fields of V4", "recraftv3", `{"creativity":"simple","upscale":"upscale4mp"}`, providertest.Plan{Quote: 0.04, Warnings: []string{"creativity ignored", "upscale ignored"}}},
		{"fields of V3 for V2", "recraftv2", `{"negative_prompt":"x","controls":{"artistic_level":3,"no_text":true},"text_layout":[{"text":"a","bbox":[[0,0],[1,0],[1,1],[0,1]]}]}`,
			providertest.Plan{Quote: 0.022, Warnings: []string{"controls.artistic_level ignored", "text_layout ignored"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := Input{Prompt: "x", N: 1}
			if err := json.Unmarshal([]byte(c.input), &in); err != nil {
				t.Fatal(err)
			}
			c.want.Count = max(1, c.want.Count)
			c.want.Of(t, route, c.model, in)
		})
	}
}
