package sandbox

import (
	"maps"
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// presets are the aspect ratios of image-01 with their sizes.
var presets = map[string]string{
	"1:1": "1024x1024", "16:9": "1280x720", "4:3": "1152x864", "3:2": "1248x832",
	"2:3": "832x1248", "3:4": "864x1152", "9:16": "720x1280", "21:9": "1344x576",
}

// imageFields are the fields of POST /v1/image_generation.
var imageFields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 1500},
	{Name: "aspect_ratio", Kind: sandbox.Text, Values: slices.Sorted(maps.Keys(presets))},
	{Name: "width", Kind: sandbox.Integer, Min: 512, Max: 2048},
	{Name: "height", Kind: sandbox.Integer, Min: 512, Max: 2048},
	{Name: "response_format", Kind: sandbox.Text, Values: []string{"url", "base64"}},
	{Name: "seed", Kind: sandbox.Integer},
	{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 9},
	{Name: "prompt_optimizer", Kind: sandbox.Flag},
	{Name: "aigc_watermark", Kind: sandbox.Flag},
	{Name: "subject_reference", Kind: sandbox.List, Fields: []sandbox.Field{{Name: "type", Kind: sandbox.Text, Required: true, Values: []string{"character"}}, {Name: "image_file", Kind: sandbox.Image, Required: true}}},
	{Name: "style", Kind: sandbox.Object, Only: []string{"image-01-live"}, Fields: []sandbox.Field{{Name: "style_type", Kind: sandbox.Text, Required: true, Values: []string{"漫画", "元气", "中世纪", "水彩"}}}},
}

// h3Fields are the fields of POST /v1/images/generations.
var h3Fields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 32000},
	{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 10},
	{Name: "size", Kind: sandbox.Text},
	{Name: "aspect_ratio", Kind: sandbox.Text},
	{Name: "area", Kind: sandbox.Text, Values: []string{"1K", "2K", "4K"}},
	{Name: "disable_prompt_enhanced", Kind: sandbox.Flag},
	{Name: "response_format", Kind: sandbox.Text, Values: []string{"url", "b64_json"}},
	{Name: "output_format", Kind: sandbox.Text, Values: []string{"png", "jpeg", "webp"}},
}

// editFields are those of POST /v1/images/edits.
var editFields = slices.Concat(h3Fields, []sandbox.Field{{Name: "images", Kind: sandbox.List, Required: true, MaxLen: 16, Item: &sandbox.Field{Kind: sandbox.Image}}})

// imageProblem says what is wrong with a valid list of fields of image-01; empty if
// nothing is.
func imageProblem(b sandbox.Body) string {
	for _, item := range b.List("subject_reference") {
		if p, ok := readImage(sandbox.Body(item.(map[string]any)).Text("image_file")); !ok || p.Size >= 10<<20 || p.MIME == "image/webp" {
			return "image_file must be a URL or data URL of a JPG or PNG under 10 MB"
		}
	}
	switch {
	case b.Has("width") != b.Has("height"), b.Int("width")%8 != 0, b.Int("height")%8 != 0:
		return "width and height go together, in multiples of 8"
	case b.Text("model") != "image-01" && (b.Has("width") || b.Text("aspect_ratio") == "21:9"):
		return "width, height and 21:9 are for image-01 only"
	}
	return ""
}

// h3Problem says what is wrong with a valid list of fields of H3; empty if nothing
// is.
func h3Problem(b sandbox.Body) string {
	size, ratio := b.Or("size", "auto"), b.Or("aspect_ratio", "auto")
	w, h, sized := provider.ParseSize(size)
	_, shaped := provider.ParseRatio(ratio)
	unread := func(text string) bool { _, ok := readImage(text); return !ok }
	switch {
	case b.Has("images") && len(b.List("images")) == 0, slices.ContainsFunc(b.Texts("images"), unread):
		return "images are 1 to 16 URLs or data URLs of JPEG, PNG, WEBP, HEIC or HEIF"
	case !sized && size != "auto", sized && (w*h < 655_360 || w*h > 20_000_000 || w > 3*h || h > 3*w):
		return "size must be auto or WxH with an area of 655360 to 20000000 and a ratio of 1:3 to 3:1"
	case !shaped && ratio != "auto":
		return "aspect_ratio must be auto or X:Y"
	case sized && b.Has("area"):
		return "area needs size auto"
	case b.Flag("disable_prompt_enhanced") && !sized && !shaped:
		return "disable_prompt_enhanced needs a fixed size or aspect_ratio"
	}
	return ""
}

// readImage reads a data URL of a JPEG, PNG or WebP. URLs are accepted unread.
func readImage(text string) (sandbox.Picture, bool) {
	p, ok := sandbox.ReadPicture(text)
	return p, sandbox.IsAddress(text) || ok && strings.HasPrefix(text, "data:") && p.MIME != "image/gif"
}
