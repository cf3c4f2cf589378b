package tokenhub

import (
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// capabilities are what a model supports beyond the fields of both.
type capabilities struct {
	WireID string // the vendor's model id
	Path   string // below the base URL
	Chat   bool   // the prompt and the images are a message; generate_max_pixels
	Plain  bool   // seed, footnote, revise
	Sizes  provider.SizeRule
	Area   int // pixels of an image with an aspect ratio and no size
	Images provider.ImageRule
}

// capabilitiesOf returns the capabilities of a model id. An unknown id, for example a
// gateway's, gets those of 3.5 if it names that version, else those of 3.0. The names of
// 3.5's fields for a seed and a footnote are not confirmed, so they are not sent.
func capabilitiesOf(model string) capabilities {
	images := provider.ImageRule{Field: "images", Who: title, Types: []string{"image/png", "image/jpeg"}, MaxBytes: 10 << 20}
	if hunyuan.Is35(model) {
		images.DataURL = true
		return capabilities{WireID: model, Path: "/v1/wand/hunyuan-image/v35-generation", Chat: true, Sizes: hunyuan.Sizes35, Area: pixels2K, Images: images}
	}
	if model == hunyuan.Image30 {
		model = "hy-image-v3"
	}
	return capabilities{WireID: model, Path: "/v1/wand/hunyuan-image/v3-generation", Plain: true, Sizes: hunyuan.Sizes30, Area: hunyuan.Sizes30.MaxPixels, Images: images}
}

// pixels2K is the largest image of 3.5 that costs no more than a smaller one.
const pixels2K = 2048 * 2048
