package ark

import (
	"math"

	"aigc/app/provider"
)

// tieredPrices is a list with one price up to tier 1.5K and another above, and
// prices of the first and of each further input image, in US dollars (BytePlus's
// list of November 2026). Refused images are free.
func tieredPrices(upTo, above, firstInput, furtherInput float64) []provider.Price {
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

// flatPrices is a list with one price for all sizes; input images are free.
func flatPrices(usd float64) []provider.Price { return tieredPrices(usd, usd, 0, 0) }

// volcenginePrices is the list of Volcengine itself, which serves the ids with the
// prefix doubao- and bills in CNY: the prices that its page confirms, none for
// other models.
func volcenginePrices(family string) []provider.Price {
	cny, listed := map[string]float64{"seedream-4-0": 0.20, "seedream-4-5": 0.25}[family]
	if !listed {
		return nil
	}
	list := flatPrices(cny)
	return provider.List("CNY", "Volcengine price list", "2026-11", list...)
}

// tierPixels is the size in pixels above which the higher price applies.
const tierPixels = 2_360_000

// priceFacts is what the list's prices match on.
func priceFacts(size string) map[string]string {
	w, h, explicit := parseSize(size)
	if size == "2K" || size == "3K" || size == "4K" || explicit && w*h > tierPixels {
		return map[string]string{"tier": "2K and more"}
	}
	return map[string]string{"tier": "1K, 1.5K"}
}

// billedQuantities is what a request is billed for.
func billedQuantities(images, inputs int) []provider.Quantity {
	return []provider.Quantity{
		{Unit: "image", N: int64(images)},
		{Unit: "first input image", N: int64(min(inputs, 1))},
		{Unit: "further input image", N: int64(max(0, inputs-1))},
	}
}
