package bfl

import (
	"net/url"
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model takes (docs.bfl.ai and the OpenAPI copy of May
// 2026).
type capabilities struct {
	Path      string // below the base URL
	Strict    bool   // FLUX.3: its own fields and no others
	Step      int    // width and height in multiples of this; 0: aspect_ratio instead
	MinSide   int
	MaxSide   int // 0: by area
	MaxArea   int
	Ratio     bool // takes aspect_ratio
	Upsample  bool // prompt_upsampling
	Raw       bool
	Tuned     bool // steps and guidance
	MaxSteps  int
	MinGuide  float64
	MaxGuide  float64
	Prompted  bool // image_prompt
	Strength  bool // image_prompt_strength
	Inputs    int  // how many input images
	Tolerance int  // highest safety_tolerance
}

// maxArea is what FLUX.2 makes, in pixels: 4 megapixels.
const maxArea = 4 << 20

// capabilitiesOf a model id. An unknown one, at a gateway perhaps, is taken for a
// FLUX.2.
func capabilitiesOf(model string) capabilities {
	c := capabilities{Path: pathOf(model), Tolerance: 6}
	switch {
	case strings.HasPrefix(model, "flux-3"):
		c.Strict, c.Ratio, c.Inputs, c.Tolerance = true, true, 10, 4
		return c
	case strings.HasPrefix(model, "flux-kontext"):
		return kontextCapabilities(model)
	case model == "flux-pro-1.1-ultra":
		c.Ratio, c.Upsample, c.Raw, c.Prompted, c.Strength = true, true, true, true, true
		return c
	case model == "flux-pro-1.1", model == "flux-dev":
		c.Step, c.MinSide, c.MaxSide, c.Upsample, c.Prompted = 32, 256, 1440, true, true
		if model == "flux-dev" {
			c.Tuned, c.MaxSteps, c.MinGuide, c.MaxGuide = true, 50, 1.5, 5
		}
		return c
	}
	c.Step, c.MinSide, c.MaxArea, c.Inputs, c.Tolerance = 16, 64, maxArea, 8, 5
	switch {
	case model == "flux-2-flex":
		c.Upsample, c.Tuned, c.MaxSteps, c.MinGuide, c.MaxGuide = true, true, 50, 1.5, 10
	case strings.HasPrefix(model, "flux-2-klein"):
		c.Inputs = 4
	}
	return c
}

// kontextCapabilities are those of FLUX.1 Kontext, also under an unknown id.
func kontextCapabilities(model string) capabilities {
	return capabilities{Path: pathOf(model), Tolerance: 6, Ratio: true, Upsample: true, Inputs: 4}
}

func pathOf(model string) string { return "/v1/" + url.PathEscape(model) }

// imageRule is what a model takes as input images. The sheet has limits of
// FLUX.3 alone.
func (c capabilities) imageRule() provider.ImageRule {
	if !c.Strict {
		return provider.ImageRule{Field: "input_images", Who: "FLUX"}
	}
	return provider.ImageRule{
		Field: "input_images", Who: "FLUX.3", MaxBase64: 20 << 20, MinSide: 256, MaxPixels: 16 << 20, MaxStretch: 64,
	}
}
