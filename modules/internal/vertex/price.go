package vertex

import "aigc/app/provider"

// Price lists of the Veo models in US dollars per second. The price of lite without
// sound is not confirmed.
var (
	PricesFast = list(
		second("720p", "off", 0.08), second("1080p", "off", 0.10), second("4k", "off", 0.25),
		second("720p", "on", 0.10), second("1080p", "on", 0.12), second("4k", "on", 0.30),
	)
	PricesBest = list(
		second("720p", "off", 0.20), second("1080p", "off", 0.20), second("4k", "off", 0.40),
		second("720p", "on", 0.40), second("1080p", "on", 0.40), second("4k", "on", 0.60),
	)
	PricesLite = list(second("720p", "on", 0.05), second("1080p", "on", 0.08))
)

func list(prices ...provider.Price) []provider.Price {
	return provider.List("USD", "cloud.google.com/vertex-ai pricing", "2026-08", prices...)
}

func second(resolution, sound string, usd float64) provider.Price {
	return provider.Price{Unit: "second", Micros: provider.USD(usd).Micros, Match: map[string]string{"resolution": resolution, "sound": sound}}
}

// priceFacts is what the lists' prices match on.
func (p parameters) priceFacts() map[string]string {
	sound := "off"
	if *p.GenerateAudio {
		sound = "on"
	}
	return map[string]string{"resolution": p.Resolution, "sound": sound}
}
