package sandbox

import (
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// Prefixes of model ids.
var (
	v3     = []string{"recraftv3"}
	v4     = []string{"recraftv4"}
	styled = []string{"recraftv2", "recraftv3"}
)

var (
	rgb   = sandbox.Field{Name: "rgb", Kind: sandbox.List, Required: true, MaxLen: 3, Item: &sandbox.Field{Kind: sandbox.Integer, Max: 255}}
	point = sandbox.Field{Kind: sandbox.List, MaxLen: 2, Item: &sandbox.Field{Kind: sandbox.Number, Max: 1}}
)

// fields are the fields of POST /images/generations for a model.
func (s server) fields(model string) []sandbox.Field {
	longest := 1000
	if strings.HasPrefix(model, "recraftv4") {
		longest = 10000
	}
	return []sandbox.Field{
		{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: longest},
		{Name: "model", Kind: sandbox.Text, Required: true, Values: s.models},
		{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 6},
		{Name: "style", Kind: sandbox.Text, Only: styled},
		{Name: "substyle", Kind: sandbox.Text, Only: styled},
		{Name: "style_id", Kind: sandbox.Text},
		{Name: "style_reference_urls", Kind: sandbox.List, MaxLen: 5, Item: &sandbox.Field{Kind: sandbox.Image}, Only: v4},
		{Name: "style_match", Kind: sandbox.Text, Values: []string{"regular", "precise", "flexible"}},
		{Name: "negative_prompt", Kind: sandbox.Text, Only: styled},
		{Name: "controls", Kind: sandbox.Object, Fields: []sandbox.Field{
			{Name: "colors", Kind: sandbox.List, Fields: []sandbox.Field{rgb, {Name: "weight", Kind: sandbox.Number}, {Name: "std", Kind: sandbox.Number}}},
			{Name: "background_color", Kind: sandbox.Object, Fields: []sandbox.Field{rgb}},
			{Name: "no_text", Kind: sandbox.Flag},
			{Name: "artistic_level", Kind: sandbox.Integer, Max: 5, Only: v3},
		}},
		{Name: "text_layout", Kind: sandbox.List, Only: v3, Fields: []sandbox.Field{
			{Name: "text", Kind: sandbox.Text, Required: true},
			{Name: "bbox", Kind: sandbox.List, Required: true, MaxLen: 4, Item: &point},
		}},
		{Name: "response_format", Kind: sandbox.Text, Values: []string{"url", "b64_json"}},
		{Name: "image_format", Kind: sandbox.Text, Values: []string{"webp", "png"}},
		{Name: "random_seed", Kind: sandbox.Integer, Max: 4294967295},
		{Name: "creativity", Kind: sandbox.Text, Values: []string{"simple", "standard", "eccentric"}, Only: v4},
		{Name: "upscale", Kind: sandbox.Text, Values: []string{"upscale4mp", "upscale16mp"}, Only: v4},
		{Name: "block_nsfw", Kind: sandbox.Flag},
		{Name: "calculate_features", Kind: sandbox.Flag},
		{Name: "expire", Kind: sandbox.Flag},
	}
}

// Fields that only one or two of the endpoints have.
var (
	sizeField     = sandbox.Field{Name: "size", Kind: sandbox.Text}
	imageField    = sandbox.Field{Name: "image_url", Kind: sandbox.Image, Required: true}
	maskField     = sandbox.Field{Name: "mask_url", Kind: sandbox.Image, Required: true}
	strengthField = sandbox.Field{Name: "strength", Kind: sandbox.Number, Required: true, Max: 1}
)

// Sizes of V2 and V3, and those of V4 by ratio; Pro doubles the latter.
const (
	oldSizes = ` 1024x1024 1365x1024 1024x1365 1536x1024 1024x1536 1820x1024 1024x1820 1024x2048 2048x1024
 1434x1024 1024x1434 1024x1280 1280x1024 1024x1707 1707x1024 `
	newSizes = ` 1:1 1024x1024 2:1 1536x768 1:2 768x1536 3:2 1280x832 2:3 832x1280 4:3 1216x896 3:4 896x1216 5:4 1152x896 4:5 896x1152
 6:10 832x1344 14:10 1280x896 10:14 896x1280 16:9 1344x768 9:16 768x1344 `
	proSizes = ` 1:1 2048x2048 2:1 3072x1536 1:2 1536x3072 3:2 2560x1664 2:3 1664x2560 4:3 2432x1792 3:4 1792x2432 5:4 2304x1792 4:5 1792x2304
 6:10 1664x2688 14:10 2560x1792 10:14 1792x2560 16:9 2688x1536 9:16 1536x2688 `
)

// sizeOf is a size or ratio in pixels; ok is false if the model does not support it.
func sizeOf(model, size string) (w, h int, ok bool) {
	list := newSizes
	switch {
	case !strings.HasPrefix(model, "recraftv4"):
		list = oldSizes
	case strings.Contains(model, "_pro"):
		list = proSizes
	}
	all := strings.Fields(list)
	i := slices.Index(all, size)
	if i < 0 {
		return 0, 0, false
	}
	if strings.Contains(size, ":") {
		size = all[i+1]
	}
	return provider.ParseSize(size)
}

// imageRule is the rule for input images.
var imageRule = provider.ImageRule{
	Types: []string{"image/png", "image/jpeg", "image/webp"}, MaxBytes: 10<<20 - 1, MinSide: 256, MaxSide: 4096, MaxPixels: 16_000_000,
}

// checkImage is the message of an inline image that breaks the rule; empty if none.
func checkImage(text string) string {
	if sandbox.IsAddress(text) {
		return ""
	}
	if !strings.HasPrefix(text, "data:image/") {
		return " must be a public URL or a data URL"
	}
	p, _ := sandbox.ReadPicture(text)
	return imageRule.Check(provider.Input{MIME: p.MIME, Size: int64(p.Size), Width: p.Width, Height: p.Height})
}
