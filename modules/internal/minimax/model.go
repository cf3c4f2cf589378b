package minimax

import (
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model supports.
type capabilities struct {
	H3        bool                // MiniMax-H3-Image: the API in OpenAI's dialect
	Paths     [2]string           // of a request without input images, and of one with them
	Errors    provider.ErrorTable // of these paths
	Image     provider.ImageRule  // of input images
	Sides     bool                // width and height in pixels
	Style     bool                // style
	Ratios    []string            // of aspect_ratio; nil: any
	MaxPrompt int                 // characters
	MaxN      int                 // images of one request
	MaxInputs int                 // input images; 0: no documented limit
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
		return capabilities{
			H3: true, Paths: [2]string{"/v1/images/generations", "/v1/images/edits"}, Errors: h3Codes, Image: h3Images,
			MaxPrompt: 32000, MaxN: 10, MaxInputs: 16,
		}
	}
	c := capabilities{
		Paths: [2]string{"/v1/image_generation", "/v1/image_generation"}, Errors: codes, Image: portraits,
		Sides: true, Style: true, Ratios: ratios, MaxPrompt: 1500, MaxN: 9,
	}
	switch {
	case strings.HasSuffix(id, "image-01"):
		c.Style = false
	case strings.Contains(id, "image-01-live"):
		c.Sides, c.Ratios = false, ratios[:len(ratios)-1]
	}
	return c
}

// The sizes and the input images of image-01 and of MiniMax-H3-Image.
var (
	imageSizes = provider.SizeRule{Step: 8, MinSide: 512, MaxSide: 2048}
	h3Sizes    = provider.SizeRule{MinPixels: 655_360, MaxPixels: 20_000_000, MaxStretch: 3}
	portraits  = provider.ImageRule{Field: "image", Who: "image-01", DataURL: true, Types: []string{"image/jpeg", "image/png"}, MaxBytes: 10<<20 - 1}
	h3Images   = provider.ImageRule{Field: "image", Who: "MiniMax-H3-Image", DataURL: true, Types: append(portraits.Types, "image/webp", "image/heic", "image/heif")}
)
