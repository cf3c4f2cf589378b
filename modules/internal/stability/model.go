package stability

import (
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model supports beyond the fields of all models.
type capabilities struct {
	Path           string // of the endpoint, below the base URL
	ModelField     bool   // the form names model and mode; elsewhere the path is the model
	Image          bool   // an input image with strength
	RatioWithImage bool   // aspect_ratio beside an input image
	NegativePrompt bool
	CfgScale       bool
	StylePreset    bool
	Formats        []string // the default first
	MaxSide        int      // of the input image, in pixels; 0: no limit is documented
}

// generate is the path of all endpoints.
const generate = "/v2beta/stable-image/generate/"

// capabilitiesOf returns the capabilities of a model id. An unknown id, for example a
// gateway's, gets those of the family that it names, else those of Stable Diffusion 3.5.
func capabilitiesOf(model string) capabilities {
	switch {
	case strings.Contains(model, "ultra"):
		return capabilities{Path: generate + "ultra", Image: true, RatioWithImage: true, NegativePrompt: true, Formats: []string{"png", "jpeg", "webp"}, MaxSide: 16384}
	case strings.Contains(model, "core"):
		return capabilities{Path: generate + "core", NegativePrompt: true, StylePreset: true, Formats: []string{"png", "jpeg", "webp"}}
	}
	return capabilities{Path: generate + "sd3", ModelField: true, Image: true, NegativePrompt: !strings.Contains(model, "turbo"), CfgScale: true, Formats: []string{"png", "jpeg"}}
}

// ratios are the supported values of aspect_ratio.
var ratios = []string{"21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21"}

// nearestRatio is the supported ratio nearest to a ratio or a size in pixels; empty for
// another text.
func nearestRatio(text string) string {
	want, ok := provider.ShapeOf(text)
	if !ok {
		return ""
	}
	return provider.Nearest(ratios, func(r string) float64 { v, _ := provider.ParseRatio(r); return v }, want)
}

// imageRule is the rule for the input image.
func (can capabilities) imageRule() provider.ImageRule {
	return provider.ImageRule{
		Field: "image", Who: title, Types: []string{"image/png", "image/jpeg", "image/webp"}, MinSide: 64, MaxSide: can.MaxSide,
	}
}

// maxRequest is the limit of a request in bytes, and maxSeed the largest seed.
const (
	maxRequest = 10 << 20
	maxSeed    = 4294967294
)
