package jimeng

import (
	"strings"

	"aigc/app/provider"
)

// Capabilities are what a model supports.
type Capabilities struct {
	MaxInputs int
	EditsOne  bool              // exactly one input image, sent as base64; others are sent as addresses
	MaxPrompt int               // characters; 0: the page names no limit
	Chooses   bool              // 4.x: takes an area and limits of the ratio, and may make a series
	ScaleUnit float64           // what the full weight of the prompt is in scale: 1 or 100; 0: no such field
	Seed      bool              // seed
	PreLLM    bool              // use_pre_llm
	Square    int               // side of its usual square in pixels; 0: takes no width and height
	Sides     provider.SizeRule // of width and height
	Format    string            // of what it makes
}

var (
	v4    = Capabilities{MaxInputs: 10, MaxPrompt: 800, Chooses: true, ScaleUnit: 1, Square: 2048, Sides: provider.SizeRule{MinPixels: 1024 * 1024, MaxPixels: 4096 * 4096, MaxStretch: 16}, Format: "png"}
	v46   = Capabilities{MaxInputs: 14, MaxPrompt: 800, Chooses: true, ScaleUnit: 100, Square: 2048, Sides: v4.Sides, Format: "png"}
	v3    = Capabilities{MaxPrompt: 800, Seed: true, PreLLM: true, Square: 1328, Sides: provider.SizeRule{MaxPixels: 2048 * 2048}, Format: "jpeg"}
	edit3 = Capabilities{MaxInputs: 1, EditsOne: true, ScaleUnit: 1, Seed: true, Square: 1024, Sides: provider.SizeRule{MinSide: 512, MaxSide: 2016}, Format: "jpeg"}
	seed3 = Capabilities{MaxInputs: 1, EditsOne: true, ScaleUnit: 1, Seed: true, Format: "jpeg"}
)

// CapabilitiesOf a model, which the vendor calls req_key. One that no page here
// describes is taken for one like 4.6, the newest.
func CapabilitiesOf(model string) Capabilities {
	switch {
	case strings.HasPrefix(model, "jimeng_t2i_v40"):
		return v4
	case strings.HasPrefix(model, "jimeng_t2i_v3"):
		return v3
	case strings.HasPrefix(model, "jimeng_i2i_v3"):
		return edit3
	case strings.HasPrefix(model, "seededit_v3"):
		return seed3
	}
	return v46
}

// PerImage is the price list of the 4.x models: each image that comes. The list
// names no exact price of the others.
var PerImage = provider.List("CNY", "Volcengine price list (85621/1544714)", "2026-06", provider.Price{Unit: "image", Micros: 220_000})
