package bfl

import (
	"cmp"

	"aigc/app/module"
	"aigc/app/provider"
)

const (
	bflPage      = "bfl.ai/pricing"
	resellerPage = "reseller's list"
	partnersPage = "two partners' lists"
	listDate     = "2026-06" // the first two: mid-2026
)

// PerImage is the price list of a model with one price per image in US dollars;
// input images are free.
func PerImage(usd float64) []provider.Price {
	return provider.List("USD", bflPage, listDate, unitPrice("image", usd), unitPrice("input image", 0))
}

// PerMegapixel is the price list of a model that charges by the size of the
// result, in US dollars. Input images are charged by their size, which is not
// known when a task is accepted, so a request with input images has no quote.
func PerMegapixel(first, further float64) []provider.Price {
	return provider.List("USD", bflPage, listDate, unitPrice("first megapixel", first), unitPrice("further megapixel", further))
}

// PerResolution is the price list of a FLUX.3 model. Only one resolution has a
// known price, in US dollars.
func PerResolution(name string, usd float64) []provider.Price {
	p := unitPrice("image", usd)
	p.Match = map[string]string{"resolution": name}
	return provider.List("USD", resellerPage, listDate, p)
}

// TryOn is the price list of virtual try-on, in US dollars.
var TryOn = provider.List("USD", partnersPage, "2026-08", unitPrice("first megapixel", 0.0375), unitPrice("further megapixel", 0.005))

func unitPrice(unit string, usd float64) provider.Price {
	return provider.Price{Unit: unit, Micros: provider.USD(usd).Micros}
}

// quote is the list price of one image, by image or by megapixel; nil if no price
// is known.
func quote(t module.Target, r request, inputs int) *provider.Money {
	facts := map[string]string{"resolution": cmp.Or(r.Resolution, "1k")} // the default of FLUX.3
	images := provider.Quantity{Unit: "input image", N: int64(inputs)}
	if flat := t.Cost(facts, provider.Quantity{Unit: "image", N: 1}, images); flat != nil {
		return flat
	}
	further := provider.Quantity{Unit: "further megapixel", N: megapixels(r) - 1}
	return t.Cost(facts, provider.Quantity{Unit: "first megapixel", N: 1}, further, images)
}

// megapixels are rounded up; 1 where the model chooses the size.
func megapixels(r request) int64 { return int64(max(1, (r.Width*r.Height+(1<<20)-1)>>20)) }
