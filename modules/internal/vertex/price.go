package vertex

import "aigc/app/provider"

// Price lists of the Veo models in US dollars a second, without and with sound.
var (
	PricesFast = list(rate{"720p", 0.08, 0.10}, rate{"1080p", 0.10, 0.12}, rate{"4k", 0.25, 0.30})
	PricesBest = list(rate{"720p", 0.20, 0.40}, rate{"1080p", 0.20, 0.40}, rate{"4k", 0.40, 0.60})
	PricesLite = list(rate{"720p", 0.03, 0.05}, rate{"1080p", 0.05, 0.08})
)

// rate are the prices of a second.
type rate struct {
	resolution    string
	silent, sound float64
}

func list(rates ...rate) []provider.Price {
	var out []provider.Price
	for _, r := range rates {
		out = append(out, second(r.resolution, "off", r.silent), second(r.resolution, "on", r.sound))
	}
	return provider.List("USD", "cloud.google.com/vertex-ai pricing", "2026-08", out...)
}

func second(resolution, sound string, usd float64) provider.Price {
	return provider.Price{Unit: "second", Micros: provider.USD(usd).Micros, Match: map[string]string{"resolution": resolution, "sound": sound}}
}

// facts are what the lists go by.
func (p parameters) facts() map[string]string {
	sound := "off"
	if *p.GenerateAudio {
		sound = "on"
	}
	return map[string]string{"resolution": p.Resolution, "sound": sound}
}
