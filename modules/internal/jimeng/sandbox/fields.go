package sandbox

import (
	"cmp"
	"slices"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// kind is what the pages say of a req_key.
type kind struct {
	fields  []sandbox.Field
	images  int  // most input images; other models than those of 4.x that take any need one
	chooses bool // 4.x: sides within an area and a ratio, and perhaps a series
	side    int  // in pixels, where a request says nothing
	format  string
}

func text(name string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Text, Required: true}
}

func number(name string, k sandbox.Kind, least, most float64) sandbox.Field {
	return sandbox.Field{Name: name, Kind: k, Min: least, Max: most}
}

func sides(least, most float64) []sandbox.Field {
	return []sandbox.Field{number("width", sandbox.Integer, least, most), number("height", sandbox.Integer, least, most)}
}

var (
	prompt = sandbox.Field{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 800}
	images = sandbox.Field{Name: "image_urls", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Text}}
	seed   = number("seed", sandbox.Integer, 0, 0)
	scale  = number("scale", sandbox.Number, 0, 1)
	v4     = append(sides(1, 65536), text("req_key"), prompt, images, number("size", sandbox.Integer, 1024*1024, 4096*4096),
		sandbox.Field{Name: "force_single", Kind: sandbox.Flag}, number("min_ratio", sandbox.Number, 1.0/16, 16), number("max_ratio", sandbox.Number, 1.0/16, 16))
	v3   = append(sides(1, 65536), text("req_key"), prompt, seed, sandbox.Field{Name: "use_pre_llm", Kind: sandbox.Flag})
	edit = []sandbox.Field{text("req_key"), text("prompt"), images, {Name: "binary_data_base64", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Image}}, seed, scale}

	kinds = map[string]kind{
		"jimeng_seedream46_cvtob": {append(slices.Clone(v4), number("scale", sandbox.Integer, 1, 100)), 14, true, 2048, "png"},
		"jimeng_t2i_v40":          {append(slices.Clone(v4), scale), 10, true, 2048, "png"},
		"jimeng_t2i_v31":          {v3, 0, false, 1328, "jpeg"},
		"jimeng_t2i_v30":          {v3, 0, false, 1328, "jpeg"},
		"jimeng_i2i_v30":          {append(sides(512, 2016), edit...), 1, false, 1024, "jpeg"},
		"seededit_v3.0":           {edit, 1, false, 1024, "jpeg"},
	}

	pollFields     = []sandbox.Field{text("req_key"), text("task_id"), text("req_json")} // the last is JSON within JSON
	deliveryFields = []sandbox.Field{{Name: "return_url", Kind: sandbox.Flag}, {Name: "logo_info", Kind: sandbox.Object, Fields: []sandbox.Field{
		{Name: "add_logo", Kind: sandbox.Flag}, number("position", sandbox.Integer, 0, 3), number("language", sandbox.Integer, 0, 1),
		number("opacity", sandbox.Number, 0, 0), {Name: "logo_text_content", Kind: sandbox.Text},
	}}}
)

// faulty says what is wrong with a submission; empty if nothing is.
func (k kind) faulty(b sandbox.Body) string {
	if p := b.Problems(k.fields, ""); len(p) > 0 {
		return p[0].Field + " " + p[0].Text
	}
	addresses, files := b.Texts("image_urls"), b.Texts("binary_data_base64")
	area, ratio := b.Int("width")*b.Int("height"), b.Number("width")/b.Number("height")
	least, most := cmp.Or(b.Number("min_ratio"), 1.0/3), cmp.Or(b.Number("max_ratio"), 3)
	switch n := len(addresses) + len(files); {
	case n > k.images || k.images > 0 && !k.chooses && n == 0:
		return "too many images, or too few"
	case slices.ContainsFunc(addresses, func(a string) bool { return !sandbox.IsAddress(a) }):
		return "image_urls holds what is no address"
	case b.Has("width") != b.Has("height") || least > most || k.chooses && area > 0 && (area < 1024*1024 || area > 4096*4096 || ratio < least || ratio > most):
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
