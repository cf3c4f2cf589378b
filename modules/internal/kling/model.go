package kling

import (
	"strings"

	"aigc/app/provider"
)

// The endpoints. Each serves different models.
const generations, omniImage = "/v1/images/generations", "/v1/images/omni-image"

// capabilities are what a model supports beyond the fields of all models.
type capabilities struct {
	Path        string   // of the endpoint, below the base URL
	Omni        bool     // several input images; no negative_prompt, no image_reference
	Elements    bool     // element_list
	Fidelity    bool     // image_fidelity, human_fidelity
	Series      bool     // result_type, series_amount
	AutoAlone   bool     // aspect_ratio auto without an input image; with one every omni model supports it
	Resolutions []string // the smallest first
}

// capabilitiesOf returns the capabilities of a model id. An unknown id, for example
// a reseller's, gets everything that a model of its endpoint supports, and the
// vendor decides.
func capabilitiesOf(model string) capabilities {
	switch {
	case model == "kling-image-o1":
		return capabilities{Path: omniImage, Omni: true, Elements: true, AutoAlone: true, Resolutions: []string{"1k", "2k"}}
	case strings.Contains(model, "omni"), strings.Contains(model, "-o1"):
		return capabilities{Path: omniImage, Omni: true, Elements: true, Series: true, Resolutions: []string{"1k", "2k", "4k"}}
	}
	return capabilities{Path: generations, Elements: model != "kling-v2-1", Fidelity: model != "kling-v3", Resolutions: []string{"1k", "2k"}}
}

// sideOf is the side of a square in a resolution ("2k"), in pixels.
func sideOf(resolution string) float64 { return 1024 * float64(resolution[0]-'0') }

// maxInputs is the maximum number of input images and elements of a request.
const maxInputs = 10

// ratios are the aspect ratios that every model supports.
var ratios = []string{"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"}

// imageRule is the rule for input images, which are sent as raw base64 without the
// prefix of a data URL.
var imageRule = provider.ImageRule{
	Field: "image", Who: title, Types: []string{"image/jpeg", "image/png"},
	MaxBytes: 10 << 20, MinSide: 300, MaxStretch: 2.5,
}
