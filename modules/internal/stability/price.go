package stability

import "aigc/app/provider"

// Credits is the price list of a model that takes n credits for each image. A credit
// costs 0.01 US dollars.
func Credits(n float64) []provider.Price {
	return provider.List("USD", "stability.ai/api-pricing-update-25", "2025-08", provider.Price{Unit: "image", Micros: provider.USD(n / 100).Micros})
}
