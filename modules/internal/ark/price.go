package ark

import (
	"math"

	"aigc/app/provider"
)

// sized is a list with one price up to tier 1.5K and another above, and prices
// of the first and of each further image to work from, in US dollars
// (BytePlus's list of November 2026). Refused images are free.
func sized(upTo, above, firstInput, furtherInput float64) []provider.Price {
	usd := func(v float64) int64 { return int64(math.Round(v * provider.MicrosPerUnit)) }
	list := []provider.Price{
		{Unit: "image", Micros: usd(upTo), Match: map[string]string{"tier": "1K, 1.5K"}},
		{Unit: "image", Micros: usd(above), Match: map[string]string{"tier": "2K and more"}},
	}
	if upTo == above {
		list = []provider.Price{{Unit: "image", Micros: usd(upTo)}}
	}
	list = append(list, provider.Price{Unit: "first input image", Micros: usd(firstInput)}, provider.Price{Unit: "further input image", Micros: usd(furtherInput)})
	return provider.List("USD", "BytePlus price list", "2026-11", list...)
}

// flat is a list with one price for all images; those to work from are free.
func flat(usd float64) []provider.Price { return sized(usd, usd, 0, 0) }

// volcengine is the list of Volcengine itself, which serves the ids that begin
// with doubao- and bills in CNY: what its page confirms, and no price for others.
func volcengine(family string) []provider.Price {
	cny, listed := map[string]float64{"seedream-4-0": 0.20, "seedream-4-5": 0.25}[family]
	if !listed {
		return nil
	}
	list := flat(cny)
	return provider.List("CNY", "Volcengine price list", "2026-11", list...)
}

// tierPixels is where the larger tier of prices begins.
const tierPixels = 2_360_000

// facts are what the list goes by.
func facts(size string) map[string]string {
	w, h, explicit := parseSize(size)
	if size == "2K" || size == "3K" || size == "4K" || explicit && w*h > tierPixels {
		return map[string]string{"tier": "2K and more"}
	}
	return map[string]string{"tier": "1K, 1.5K"}
}

// quantities are what a request is billed by.
func quantities(images, inputs int) []provider.Quantity {
	return []provider.Quantity{
		{Unit: "image", N: int64(images)},
		{Unit: "first input image", N: int64(min(inputs, 1))},
		{Unit: "further input image", N: int64(max(0, inputs-1))},
	}
}
