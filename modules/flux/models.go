package flux

import (
	"cmp"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/bfl"
)

// List prices in US dollars (pricing page, mid-2026; flux-3-image from a
// reseller's list). The submit answer tells the true cost.
var models = []module.Model{
	{ID: "flux-2-pro", Title: "FLUX.2 pro", Prices: list(site, each("first megapixel", 0.03), each("further megapixel", 0.015))},
	{ID: "flux-3-image", Title: "FLUX.3", Doc: "newest; up to 10 input pictures, 4k", Aliases: []string{"flux-3"}, Prices: list("reseller's list", provider.Price{Unit: "image", Micros: 48_000, Match: map[string]string{"resolution": "1k"}})},
	{ID: "flux-2-max", Title: "FLUX.2 max", Doc: "best quality of FLUX.2", Prices: list(site, each("first megapixel", 0.07), each("further megapixel", 0.03))},
	{ID: "flux-2-pro-preview", Title: "FLUX.2 pro preview", Prices: list(site, each("first megapixel", 0.03), each("further megapixel", 0.015))},
	{ID: "flux-2-flex", Title: "FLUX.2 flex", Doc: "steps and guidance", Prices: list(site, each("first megapixel", 0.05), each("further megapixel", 0.05))},
	{ID: "flux-2-klein-9b", Title: "FLUX.2 klein 9B", Doc: "fast", Prices: list(site, each("first megapixel", 0.015), each("further megapixel", 0.002))},
	{ID: "flux-2-klein-9b-preview", Title: "FLUX.2 klein 9B preview", Doc: "fast", Prices: list(site, each("first megapixel", 0.015), each("further megapixel", 0.002))},
	{ID: "flux-2-klein-4b", Title: "FLUX.2 klein 4B", Doc: "fastest", Prices: list(site, each("first megapixel", 0.014), each("further megapixel", 0.001))},
	{ID: "flux-pro-1.1", Title: "FLUX 1.1 pro", Aliases: []string{"flux-pro", "flux"}, Prices: list(site, each("image", 0.04), each("input image", 0))},
	{ID: "flux-pro-1.1-ultra", Title: "FLUX 1.1 pro ultra", Doc: "up to 4 megapixels", Prices: list(site, each("image", 0.06), each("input image", 0))},
	{ID: "flux-dev", Title: "FLUX.1 dev", Doc: "steps and guidance", Prices: list(site, each("image", 0.025), each("input image", 0))},
}

const site = "bfl.ai/pricing"

func list(source string, prices ...provider.Price) []provider.Price {
	return provider.List("USD", source, "2026-06", prices...)
}

func each(unit string, usd float64) provider.Price {
	return provider.Price{Unit: unit, Micros: provider.USD(usd).Micros}
}

// quote is the list price of one image, or of its megapixels; nil if none is
// known. The pixels of input images are billed too, but are not known yet.
func quote(t module.Target, req bfl.Request, inputs int) *provider.Money {
	facts := map[string]string{"resolution": resolution(req)}
	pictures := provider.Quantity{Unit: "input image", N: int64(inputs)}
	if flat := t.Cost(facts, provider.Quantity{Unit: "image", N: 1}, pictures); flat != nil {
		return flat
	}
	return t.Cost(facts, provider.Quantity{Unit: "first megapixel", N: 1}, provider.Quantity{Unit: "further megapixel", N: megapixels(req) - 1}, pictures)
}

// resolution of FLUX.3, which has a default.
func resolution(req bfl.Request) string { return cmp.Or(req.Resolution, "1k") }

// megapixels are counted up to whole ones; one where the model chooses.
func megapixels(req bfl.Request) int64 { return int64(max(1, (req.Width*req.Height+(1<<20)-1)>>20)) }
