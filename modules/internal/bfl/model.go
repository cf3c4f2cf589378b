package bfl

import (
	"net/url"
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model supports (docs.bfl.ai and its OpenAPI document of
// May 2026).
type capabilities struct {
	Path        string // below the base URL
	Strict      bool   // FLUX.3: answers 422 to unknown fields
	Step        int    // width and height are multiples of this; 0: aspect_ratio instead
	MinSide     int
	MaxSide     int // 0: limited by MaxArea
	MaxArea     int
	Ratio       bool // aspect_ratio
	Upsample    bool // prompt_upsampling
	Raw         bool
	Tuned       bool // steps and guidance
	MaxSteps    int
	MinGuide    float64
	MaxGuide    float64
	ImagePrompt bool // image_prompt
	Strength    bool // image_prompt_strength
	Inputs      int  // maximum number of input images
	Tolerance   int  // highest safety_tolerance
}

// maxArea is the largest image of FLUX.2 in pixels: 4 megapixels.
const maxArea = 4 << 20

// capabilitiesOf returns the capabilities of a model id. An unknown id, for example
// a gateway's, gets those of FLUX.2.
func capabilitiesOf(model string) capabilities {
	c := capabilities{Path: pathOf(model), Tolerance: 6}
	switch {
	case strings.HasPrefix(model, "flux-3"):
		c.Strict, c.Ratio, c.Inputs, c.Tolerance = true, true, 10, 4
		return c
	case strings.HasPrefix(model, "flux-kontext"):
		return kontextCapabilities(model)
	case model == "flux-pro-1.1-ultra":
		c.Ratio, c.Upsample, c.Raw, c.ImagePrompt, c.Strength = true, true, true, true, true
		return c
	case model == "flux-pro-1.1", model == "flux-dev":
		c.Step, c.MinSide, c.MaxSide, c.Upsample, c.ImagePrompt = 32, 256, 1440, true, true
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

// kontextCapabilities returns those of FLUX.1 Kontext, for unknown ids too.
func kontextCapabilities(model string) capabilities {
	return capabilities{Path: pathOf(model), Tolerance: 6, Ratio: true, Upsample: true, Inputs: 4}
}

func pathOf(model string) string { return "/v1/" + url.PathEscape(model) }

// imageRule is the rule for a model's input images. Limits are documented for
// FLUX.3 only.
func (c capabilities) imageRule() provider.ImageRule {
	if !c.Strict {
		return provider.ImageRule{Field: "input_images", Who: "FLUX"}
	}
	return provider.ImageRule{
		Field: "input_images", Who: "FLUX.3", MaxBase64: 20 << 20, MinSide: 256, MaxPixels: 16 << 20, MaxStretch: 64,
	}
}
