package flux

import (
	"cmp"

	"aigc/app/module"
	"aigc/modules/internal/bfl"
)

// List prices in US dollars (pricing page, mid-2026; flux-3-image from a
// reseller's list). The submit answer tells the true cost.
var models = []module.Model{
	{ID: "flux-2-pro", Title: "FLUX.2 pro", Prices: price(0.03, "first megapixel", 0.015)},
	{ID: "flux-3-image", Title: "FLUX.3", Doc: "newest; up to 10 input pictures, 4k", Aliases: []string{"flux-3"}, Prices: []module.Price{{Per: "image", USD: 0.048, When: "1k"}}},
	{ID: "flux-2-max", Title: "FLUX.2 max", Doc: "best quality of FLUX.2", Prices: price(0.07, "first megapixel", 0.03)},
	{ID: "flux-2-pro-preview", Title: "FLUX.2 pro preview", Prices: price(0.03, "first megapixel", 0.015)},
	{ID: "flux-2-flex", Title: "FLUX.2 flex", Doc: "steps and guidance", Prices: price(0.05, "megapixel", 0)},
	{ID: "flux-2-klein-9b", Title: "FLUX.2 klein 9B", Doc: "fast", Prices: price(0.015, "first megapixel", 0.002)},
	{ID: "flux-2-klein-9b-preview", Title: "FLUX.2 klein 9B preview", Doc: "fast", Prices: price(0.015, "first megapixel", 0.002)},
	{ID: "flux-2-klein-4b", Title: "FLUX.2 klein 4B", Doc: "fastest", Prices: price(0.014, "first megapixel", 0.001)},
	{ID: "flux-pro-1.1", Title: "FLUX 1.1 pro", Aliases: []string{"flux-pro", "flux"}, Prices: price(0.04, "image", 0)},
	{ID: "flux-pro-1.1-ultra", Title: "FLUX 1.1 pro ultra", Doc: "up to 4 megapixels", Prices: price(0.06, "image", 0)},
	{ID: "flux-dev", Title: "FLUX.1 dev", Doc: "steps and guidance", Prices: price(0.025, "image", 0)},
}

func price(usd float64, per string, further float64) []module.Price {
	list := []module.Price{{Per: per, USD: usd}}
	if further > 0 {
		list = append(list, module.Price{Per: "further megapixel", USD: further})
	}
	return list
}

// quote is the list price of one picture; 0 if none is known. The pixels of
// input pictures count too, and nobody knows them yet.
func quote(model string, req bfl.Request, inputs int) float64 {
	for _, m := range models {
		if m.ID != model {
			continue
		}
		switch first := m.Prices[0]; {
		case first.Per == "image" && (first.When == "" || first.When == resolution(req) && inputs == 0):
			return first.USD
		case first.Per == "megapixel" && inputs == 0:
			return first.USD * float64(megapixels(req))
		case first.Per == "first megapixel" && inputs == 0:
			return first.USD + m.Prices[1].USD*float64(megapixels(req)-1)
		}
	}
	return 0
}

// resolution of FLUX.3, which has a default.
func resolution(req bfl.Request) string { return cmp.Or(req.Resolution, "1k") }

// megapixels are counted up to whole ones; one where the model chooses.
func megapixels(req bfl.Request) int { return max(1, (req.Width*req.Height+(1<<20)-1)>>20) }
