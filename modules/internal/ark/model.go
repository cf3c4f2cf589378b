package ark

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Capabilities are what a model supports and costs (docs 82379/1541523 and
// 1544106, November 2026).
type Capabilities struct {
	Tiers      []string // named sizes
	MinPixels  int
	MaxPixels  int    // 0: not known
	Default    string // size where none is asked for; empty: the vendor's default
	Adaptive   bool   // size "adaptive" and no other
	MaxInputs  int    // maximum number of input images
	Required   bool   // at least one input image is required
	Old        bool   // the two 3.0 models: seed and guidance_scale; input images in PNG and JPEG only
	Format     bool   // output_format; other models make JPEG
	Sequential bool   // sequential_image_generation; others answer 400 to it
	Optimize   bool   // optimize_prompt_options
	Fast       bool   // and their mode fast
	Search     bool   // tools: web_search
	Layered    bool   // background and layer_decomposition
	Prices     []provider.Price
}

// family is all models whose id begins with prefix, after the site's prefix
// (doubao- or dola-) is removed.
type family struct {
	prefix       string
	capabilities Capabilities
}

var (
	pixels4 = [2]int{3_686_400, 16_777_216}
	pixels5 = [2]int{921_600, 4_624_220} // confirmed for 5.0 pro only
)

// families are searched in order, so a longer prefix comes before a shorter one.
var families = []family{
	{"seedream-5-5", layeredModel(tieredPrices(0.020, 0.035, 0.008, 0.008))},
	{"seedream-5-0-pro", withFastMode(layeredModel(tieredPrices(0.045, 0.09, 0, 0.003)))},
	{"seedream-5-0-flash", layeredModel(flatPrices(0.018))},
	{"seedream-5-0", Capabilities{
		Tiers: []string{"2K", "3K", "4K"}, MinPixels: pixels4[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Format: true, Sequential: true, Optimize: true, Search: true, Prices: flatPrices(0.035),
	}},
	{"seedream-4-5", Capabilities{
		Tiers: []string{"2K", "4K"}, MinPixels: pixels4[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Sequential: true, Optimize: true, Prices: flatPrices(0.04),
	}},
	{"seedream-4-0", withFastMode(Capabilities{
		Tiers: []string{"1K", "2K", "4K"}, MinPixels: pixels5[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Sequential: true, Optimize: true, Prices: flatPrices(0.03),
	})},
	{"seedream-3-0", Capabilities{MinPixels: 512 * 512, MaxPixels: 2048 * 2048, Default: "1024x1024", Old: true, Prices: flatPrices(0.03)}},
	{"seededit-3-0", Capabilities{Default: "adaptive", Adaptive: true, MaxInputs: 1, Required: true, Old: true, Prices: flatPrices(0.03)}},
}

// layeredModel is the capabilities that 5.0 pro, flash and 5.5 share.
func layeredModel(list []provider.Price) Capabilities {
	return Capabilities{
		Tiers: []string{"1K", "1.5K", "2K"}, MinPixels: pixels5[0], MaxPixels: pixels5[1], Default: "2K", MaxInputs: 10,
		Format: true, Optimize: true, Layered: true, Prices: list,
	}
}

func withFastMode(t Capabilities) Capabilities { t.Fast = true; return t }

// CapabilitiesOf returns the capabilities of a model id of either site. An unknown
// id, such as an endpoint id (ep-…), gets everything that any current model
// supports, and the vendor decides.
func CapabilitiesOf(model string) Capabilities {
	id := strings.TrimPrefix(strings.TrimPrefix(model, "doubao-"), "dola-")
	for _, f := range families {
		if !strings.HasPrefix(id, f.prefix) {
			continue
		}
		c := f.capabilities
		if strings.HasPrefix(model, "doubao-") {
			c.Prices = volcenginePrices(f.prefix)
		}
		return c
	}
	return Capabilities{
		Tiers: seedream.Tiers, MaxInputs: 14,
		Format: true, Sequential: true, Optimize: true, Fast: true, Search: true, Layered: true,
	}
}

// NewModel makes a row of a vertical's model table, with the prices of its family.
func NewModel(id, title, doc string, aliases ...string) module.Model {
	return module.Model{ID: id, Title: title, Doc: doc, Aliases: aliases, Prices: CapabilitiesOf(id).Prices}
}

// NewRetired makes a row for a model that the vendor shut down on the date since.
func NewRetired(since, id, title string, aliases ...string) module.Model {
	m := NewModel(id, title, "", aliases...)
	m.Retired = since
	return m
}
