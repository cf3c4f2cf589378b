package openai

import "aigc/app/provider"

// Price lists of the GPT image models in US dollars. Prices per image cover the
// output alone. Cached input tokens cost less, but the answer's field for them is
// not confirmed, so all input tokens count at the full price.
var (
	Tokens = list(
		provider.Price{Unit: "input text token", Micros: 5_000_000, Per: 1_000_000},
		provider.Price{Unit: "input image token", Micros: 8_000_000, Per: 1_000_000},
		provider.Price{Unit: "output image token", Micros: 30_000_000, Per: 1_000_000},
	)
	Prices25 = append(list(imagePrice("low", 6_000), imagePrice("medium", 13_000), imagePrice("high", 53_000), imagePrice("xhigh", 94_000), imagePrice("max", 211_000)), Tokens...)
	Prices15 = list(imagePrice("low", 9_000), imagePrice("medium", 34_000), imagePrice("high", 133_000))
)

func list(prices ...provider.Price) []provider.Price {
	return provider.List("USD", "developers.openai.com", "2026-11", prices...)
}

func imagePrice(quality string, micros int64) provider.Price {
	return provider.Price{Unit: "image", Micros: micros, Match: map[string]string{"quality": quality, "size": "1024x1024"}}
}

// priceFacts is what the lists' prices match on; nil for animations and vector
// images, which have no price per image.
func (r imageRequest) priceFacts() map[string]string {
	switch r.OutputFormat {
	case "png", "jpeg", "webp":
		return map[string]string{"quality": r.Quality, "size": r.Size}
	}
	return nil
}
