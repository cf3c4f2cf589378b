package ark

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Capabilities are what a model supports and costs (82379/1541523 and 1544106, November
// 2026).
type Capabilities struct {
	Tiers      []string // named sizes
	MinPixels  int
	MaxPixels  int    // 0: nobody here knows
	Default    string // size where none is asked for; empty: the vendor's own
	Adaptive   bool   // size "adaptive" and no other
	MaxInputs  int    // images to work from
	Required   bool   // at least one of them
	Old        bool   // of the 3.0 pair: seed and guidance_scale, png and jpeg in
	Format     bool   // output_format; others draw jpeg
	Sequential bool   // sequential_image_generation; others answer 400 to it
	Optimize   bool   // optimize_prompt_options
	Fast       bool   // and their mode fast
	Search     bool   // tools: web_search
	Layered    bool   // background and layer_decomposition
	Prices     []provider.Price
}

// family is every model whose id begins with prefix, behind the site's own
// prefix (doubao- and dola-).
type family struct {
	prefix       string
	capabilities Capabilities
}

var (
	pixels4 = [2]int{3_686_400, 16_777_216}
	pixels5 = [2]int{921_600, 4_624_220} // confirmed for 5.0 pro only
)

// families are asked in order: the longer prefix stands before the shorter.
var families = []family{
	{"seedream-5-5", small(sized(0.020, 0.035, 0.008, 0.008))},
	{"seedream-5-0-pro", fast(small(sized(0.045, 0.09, 0, 0.003)))},
	{"seedream-5-0-flash", small(flat(0.018))},
	{"seedream-5-0", Capabilities{
		Tiers: []string{"2K", "3K", "4K"}, MinPixels: pixels4[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Format: true, Sequential: true, Optimize: true, Search: true, Prices: flat(0.035),
	}},
	{"seedream-4-5", Capabilities{
		Tiers: []string{"2K", "4K"}, MinPixels: pixels4[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Sequential: true, Optimize: true, Prices: flat(0.04),
	}},
	{"seedream-4-0", fast(Capabilities{
		Tiers: []string{"1K", "2K", "4K"}, MinPixels: pixels5[0], MaxPixels: pixels4[1], Default: "2048x2048", MaxInputs: 14,
		Sequential: true, Optimize: true, Prices: flat(0.03),
	})},
	{"seedream-3-0", Capabilities{MinPixels: 512 * 512, MaxPixels: 2048 * 2048, Default: "1024x1024", Old: true, Prices: flat(0.03)}},
	{"seededit-3-0", Capabilities{Default: "adaptive", Adaptive: true, MaxInputs: 1, Required: true, Old: true, Prices: flat(0.03)}},
}

// small are the capabilities that 5.0 pro, flash and 5.5 share.
func small(list []provider.Price) Capabilities {
	return Capabilities{
		Tiers: []string{"1K", "1.5K", "2K"}, MinPixels: pixels5[0], MaxPixels: pixels5[1], Default: "2K", MaxInputs: 10,
		Format: true, Optimize: true, Layered: true, Prices: list,
	}
}

func fast(t Capabilities) Capabilities { t.Fast = true; return t }

// CapabilitiesOf a model id of either site. One that nobody here knows, an endpoint
// id (ep-…) perhaps, is given whatever a live model takes, and the vendor
// decides.
func CapabilitiesOf(model string) Capabilities {
	id := strings.TrimPrefix(strings.TrimPrefix(model, "doubao-"), "dola-")
	for _, f := range families {
		if !strings.HasPrefix(id, f.prefix) {
			continue
		}
		c := f.capabilities
		if strings.HasPrefix(model, "doubao-") {
			c.Prices = volcengine(f.prefix)
		}
		return c
	}
	return Capabilities{
		Tiers: seedream.Tiers, MaxInputs: 14,
		Format: true, Sequential: true, Optimize: true, Fast: true, Search: true, Layered: true,
	}
}

// NewModel is a row of a vertical's table, with the prices of its family.
func NewModel(id, title, doc string, aliases ...string) module.Model {
	return module.Model{ID: id, Title: title, Doc: doc, Aliases: aliases, Prices: CapabilitiesOf(id).Prices}
}

// NewRetired is a row of a model that is served no more.
func NewRetired(since, id, title string, aliases ...string) module.Model {
	m := NewModel(id, title, "", aliases...)
	m.Retired = since
	return m
}
