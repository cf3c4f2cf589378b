package sandbox

import (
	"cmp"
	"slices"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// modelSpec is the documentation of a model (req_key).
type modelSpec struct {
	fields      []sandbox.Field
	images      int  // maximum number of input images; except for 4.x, one is required if it is not 0
	v4          bool // 4.x: sides within limits of area and ratio; may make a series
	defaultSide int  // of the square, in pixels
	format      string
}

func textField(name string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Text, Required: true}
}

func numberField(name string, k sandbox.Kind, least, most float64) sandbox.Field {
	return sandbox.Field{Name: name, Kind: k, Min: least, Max: most}
}

func sideFields(least, most float64) []sandbox.Field {
	return []sandbox.Field{numberField("width", sandbox.Integer, least, most), numberField("height", sandbox.Integer, least, most)}
}

var (
	prompt = sandbox.Field{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 800}
	images = sandbox.Field{Name: "image_urls", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Text}}
	seed   = numberField("seed", sandbox.Integer, 0, 0)
	scale  = numberField("scale", sandbox.Number, 0, 1)
	v4     = append(sideFields(1, 65536), textField("req_key"), prompt, images, numberField("size", sandbox.Integer, 1024*1024, 4096*4096),
		sandbox.Field{Name: "force_single", Kind: sandbox.Flag}, numberField("min_ratio", sandbox.Number, 1.0/16, 16), numberField("max_ratio", sandbox.Number, 1.0/16, 16))
	v3   = append(sideFields(1, 65536), textField("req_key"), prompt, seed, sandbox.Field{Name: "use_pre_llm", Kind: sandbox.Flag})
	edit = []sandbox.Field{textField("req_key"), textField("prompt"), images, {Name: "binary_data_base64", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Image}}, seed, scale}

	modelSpecs = map[string]modelSpec{
		"jimeng_seedream46_cvtob": {append(slices.Clone(v4), numberField("scale", sandbox.Integer, 1, 100)), 14, true, 2048, "png"},
		"jimeng_t2i_v40":          {append(slices.Clone(v4), scale), 10, true, 2048, "png"},
		"jimeng_t2i_v31":          {v3, 0, false, 1328, "jpeg"},
		"jimeng_t2i_v30":          {v3, 0, false, 1328, "jpeg"},
		"jimeng_i2i_v30":          {append(sideFields(512, 2016), edit...), 1, false, 1024, "jpeg"},
		"seededit_v3.0":           {edit, 1, false, 1024, "jpeg"},
	}

	pollFields     = []sandbox.Field{textField("req_key"), textField("task_id"), textField("req_json")} // the last is JSON within JSON
	deliveryFields = []sandbox.Field{{Name: "return_url", Kind: sandbox.Flag}, {Name: "logo_info", Kind: sandbox.Object, Fields: []sandbox.Field{
		{Name: "add_logo", Kind: sandbox.Flag}, numberField("position", sandbox.Integer, 0, 3), numberField("language", sandbox.Integer, 0, 1),
		numberField("opacity", sandbox.Number, 0, 0), {Name: "logo_text_content", Kind: sandbox.Text},
	}}}
)

// problem says what is wrong with a submission; empty if it is valid.
func (k modelSpec) problem(b sandbox.Body) string {
	if p := b.Problems(k.fields, ""); len(p) > 0 {
		return p[0].Field + " " + p[0].Text
	}
	addresses, files := b.Texts("image_urls"), b.Texts("binary_data_base64")
	area, ratio := b.Int("width")*b.Int("height"), b.Number("width")/b.Number("height")
	least, most := cmp.Or(b.Number("min_ratio"), 1.0/3), cmp.Or(b.Number("max_ratio"), 3)
	switch n := len(addresses) + len(files); {
	case n > k.images || k.images > 0 && !k.v4 && n == 0:
		return "too many images, or too few"
	case slices.ContainsFunc(addresses, func(a string) bool { return !sandbox.IsAddress(a) }):
		return "image_urls holds what is no address"
	case b.Has("width") != b.Has("height") || least > most || k.v4 && area > 0 && (area < 1024*1024 || area > 4096*4096 || ratio < least || ratio > most):
		return "width and height, or the limits of the ratio, are out of range"
	}
	rule := provider.ImageRule{Types: []string{"image/png", "image/jpeg"}, MaxBytes: 4_700_000, MaxSide: 4096, MaxStretch: 3}
	for _, f := range files {
		p, _ := sandbox.ReadPicture(f)
		if m := rule.Check(provider.Input{MIME: p.MIME, Size: int64(p.Size), Width: p.Width, Height: p.Height}); m != "" {
			return "the image is not supported:" + m
		}
	}
	return ""
}
