package minimax

import (
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model supports.
type capabilities struct {
	H3        bool     // MiniMax-H3-Image: the API in OpenAI's dialect
	Sides     bool     // width and height in pixels
	Style     bool     // style
	Ratios    []string // of aspect_ratio; nil: any
	MaxPrompt int      // characters
	MaxN      int      // images of one request
	MaxInputs int      // input images; 0: no documented limit
}

// ratios are those of image-01. The last is not supported by image-01-live.
var ratios = []string{"1:1", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "21:9"}

// ratioOfSize are the aspect ratios by the size of their images.
var ratioOfSize = map[string]string{
	"1024x1024": "1:1", "1280x720": "16:9", "1152x864": "4:3", "1248x832": "3:2",
	"832x1248": "2:3", "864x1152": "3:4", "720x1280": "9:16", "1344x576": "21:9",
}

// capabilitiesOf returns the capabilities of a model id. An unknown id, for example
// a gateway's, gets everything that a model of its API supports, and the vendor
// decides.
func capabilitiesOf(model string) capabilities {
	id := strings.ToLower(model)
	if strings.Contains(id, "h3") {
		return capabilities{H3: true, MaxPrompt: 32000, MaxN: 10, MaxInputs: 16}
	}
	c := capabilities{Sides: true, Style: true, Ratios: ratios, MaxPrompt: 1500, MaxN: 9}
	switch {
	case strings.HasSuffix(id, "image-01"):
		c.Style = false
	case strings.Contains(id, "image-01-live"):
		c.Sides, c.Ratios = false, ratios[:len(ratios)-1]
	}
	return c
}

// path is the endpoint for a request with that many input images.
func (c capabilities) path(inputs int) string {
	switch {
	case !c.H3:
		return "/v1/image_generation"
	case inputs > 0:
		return "/v1/images/edits"
	}
	return "/v1/images/generations"
}

// The sizes of image-01 and of MiniMax-H3-Image.
var (
	imageSizes = provider.SizeRule{Step: 8, MinSide: 512, MaxSide: 2048}
	h3Sizes    = provider.SizeRule{MinPixels: 655_360, MaxPixels: 20_000_000, MaxStretch: 3}
)

// imageRule is the rule for input images.
func (c capabilities) imageRule() provider.ImageRule {
	r := provider.ImageRule{Field: "image", Who: "image-01", Types: []string{"image/jpeg", "image/png"}, MaxBytes: 10<<20 - 1, DataURL: true}
	if c.H3 {
		r.Who, r.MaxBytes = "MiniMax-H3-Image", 0
		r.Types = append(r.Types, "image/webp", "image/heic", "image/heif")
	}
	return r
}
