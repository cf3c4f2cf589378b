package openai

import "aigc/app/provider"

// Price lists of the GPT image models in US dollars. The prices of an image are
// for its output alone. Cached input costs less, but the field of the answer
// that would tell it is unconfirmed, so all input counts in full.
var (
	Tokens = list(
		provider.Price{Unit: "input text token", Micros: 5_000_000, Per: 1_000_000},
		provider.Price{Unit: "input image token", Micros: 8_000_000, Per: 1_000_000},
		provider.Price{Unit: "output image token", Micros: 30_000_000, Per: 1_000_000},
	)
	Prices25 = append(list(each("low", 6_000), each("medium", 13_000), each("high", 53_000), each("xhigh", 94_000), each("max", 211_000)), Tokens...)
	Prices15 = list(each("low", 9_000), each("medium", 34_000), each("high", 133_000))
)

func list(prices ...provider.Price) []provider.Price {
	return provider.List("USD", "developers.openai.com", "2026-11", prices...)
}

func each(quality string, micros int64) provider.Price {
	return provider.Price{Unit: "image", Micros: micros, Match: map[string]string{"quality": quality, "size": "1024x1024"}}
}

// facts are what the lists go by; an animation or vector image has no price an
// image.
func (r imageRequest) facts() map[string]string {
	switch r.OutputFormat {
	case "png", "jpeg", "webp":
		return map[string]string{"quality": r.Quality, "size": r.Size}
	}
	return nil
}
