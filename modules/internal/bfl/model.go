package bfl

import (
	"net/url"
	"strings"

	"aigc/app/provider"
)

// Traits are what a model takes (docs.bfl.ai and the OpenAPI copy of May 2026).
type Traits struct {
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
	Inputs    int  // how many input pictures
	Tolerance int  // highest safety_tolerance
}

// maxArea is what FLUX.2 draws, in pixels: 4 megapixels.
const maxArea = 4 << 20

// TraitsOf a model id. One that nobody knows, at a gateway perhaps, is taken
// for a FLUX.2.
func TraitsOf(model string) Traits {
	t := Traits{Path: "/v1/" + url.PathEscape(model), Tolerance: 6}
	switch {
	case strings.HasPrefix(model, "flux-3"):
		t.Strict, t.Ratio, t.Inputs, t.Tolerance = true, true, 10, 4
		return t
	case strings.HasPrefix(model, "flux-kontext"):
		t.Ratio, t.Upsample, t.Inputs = true, true, 4
		return t
	case model == "flux-pro-1.1-ultra":
		t.Ratio, t.Upsample, t.Raw, t.Prompted, t.Strength = true, true, true, true, true
		return t
	case model == "flux-pro-1.1", model == "flux-dev":
		t.Step, t.MinSide, t.MaxSide, t.Upsample, t.Prompted = 32, 256, 1440, true, true
		if model == "flux-dev" {
			t.Tuned, t.MaxSteps, t.MinGuide, t.MaxGuide = true, 50, 1.5, 5
		}
		return t
	}
	t.Step, t.MinSide, t.MaxArea, t.Inputs, t.Tolerance = 16, 64, maxArea, 8, 5
	switch {
	case model == "flux-2-flex":
		t.Upsample, t.Tuned, t.MaxSteps, t.MinGuide, t.MaxGuide = true, true, 50, 1.5, 10
	case strings.HasPrefix(model, "flux-2-klein"):
		t.Inputs = 4
	}
	return t
}

// ImageRule is what a model takes as input images. The sheet has limits of
// FLUX.3 alone.
func (t Traits) ImageRule() provider.ImageRule {
	if !t.Strict {
		return provider.ImageRule{Field: "input_images", Who: "FLUX"}
	}
	return provider.ImageRule{
		Field: "input_images", Who: "FLUX.3", MaxBase64: 20 << 20, MinSide: 256, MaxPixels: 16 << 20, MaxStretch: 64,
	}
}
