package jimeng

import (
	"strings"

	"aigc/app/provider"
)

// Capabilities are what a model supports.
type Capabilities struct {
	MaxInputs int
	EditsOne  bool              // exactly one input image, sent as base64; for other models addresses are sent
	MaxPrompt int               // characters; 0: no documented limit
	V4        bool              // 4.x: supports an area and limits of the ratio, and may make a series
	ScaleUnit float64           // value of scale for the full weight of the prompt: 1 or 100; 0: no such field
	Seed      bool              // seed
	PreLLM    bool              // use_pre_llm
	Square    int               // side of the default square in pixels; 0: no width and height
	Sides     provider.SizeRule // of width and height
	Format    string            // file format of the images
}

var (
	v4    = Capabilities{MaxInputs: 10, MaxPrompt: 800, V4: true, ScaleUnit: 1, Square: 2048, Sides: provider.SizeRule{MinPixels: 1024 * 1024, MaxPixels: 4096 * 4096, MaxStretch: 16}, Format: "png"}
	v46   = Capabilities{MaxInputs: 14, MaxPrompt: 800, V4: true, ScaleUnit: 100, Square: 2048, Sides: v4.Sides, Format: "png"}
	v3    = Capabilities{MaxPrompt: 800, Seed: true, PreLLM: true, Square: 1328, Sides: provider.SizeRule{MaxPixels: 2048 * 2048}, Format: "jpeg"}
	edit3 = Capabilities{MaxInputs: 1, EditsOne: true, ScaleUnit: 1, Seed: true, Square: 1024, Sides: provider.SizeRule{MinSide: 512, MaxSide: 2016}, Format: "jpeg"}
	seed3 = Capabilities{MaxInputs: 1, EditsOne: true, ScaleUnit: 1, Seed: true, Format: "jpeg"}
)

// CapabilitiesOf returns the capabilities of a model, which the vendor calls
// req_key. An unknown one gets those of 4.6, the newest.
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

// PerImage is the price list of the 4.x models, per delivered image. The vendor's
// list has no exact price of the others.
var PerImage = provider.List("CNY", "Volcengine price list (85621/1544714)", "2026-06", provider.Price{Unit: "image", Micros: 220_000})
