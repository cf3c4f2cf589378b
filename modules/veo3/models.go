package veo3

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// List prices in US dollars a second (August 2026; lite from a reseller).
var models = []module.Model{
	{ID: "veo-3.1-fast-generate-001", Title: "Veo 3.1 fast", Aliases: []string{"veo3", "veo3-frames", "veo3-fast"}, Prices: list([2]float64{0.08, 0.10}, [2]float64{0.10, 0.12}, [2]float64{0.25, 0.30})},
	{ID: "veo-3.1-generate-001", Title: "Veo 3.1", Doc: "best quality", Aliases: []string{"veo3-pro", "veo3-pro-frames"}, Prices: list([2]float64{0.20, 0.40}, [2]float64{0.20, 0.40}, [2]float64{0.40, 0.60})},
	{ID: "veo-3.1-lite-generate-001", Title: "Veo 3.1 lite", Doc: "cheapest; no 4k, no reference pictures", Prices: list([2]float64{0.03, 0.05}, [2]float64{0.05, 0.08})},
	{ID: "veo-3.1-generate-preview", Title: "Veo 3.1 preview", Retired: "2026-04-02"},
	{ID: "veo-3.1-fast-generate-preview", Title: "Veo 3.1 fast preview", Retired: "2026-04-02"},
	{ID: "veo-3.0-generate-001", Title: "Veo 3.0", Retired: "2026-06-30"},
	{ID: "veo-3.0-fast-generate-001", Title: "Veo 3.0 fast", Retired: "2026-06-30"},
	{ID: "veo-3.0-generate-preview", Title: "Veo 3.0 preview", Retired: "2026-04-02", Aliases: []string{"veo-3.0-fast-generate-preview"}},
	{ID: "veo-2.0-generate-001", Title: "Veo 2", Retired: "2026-06-30"},
}

// list makes prices of silent and sounding seconds at 720p, 1080p and 4k.
func list(rows ...[2]float64) []provider.Price {
	var out []provider.Price
	for i, r := range rows {
		resolution := []string{"720p", "1080p", "4k"}[i]
		for j, sound := range []string{"off", "on"} {
			out = append(out, provider.Price{
				Unit: "second", Micros: provider.USD(r[j]).Micros, Match: map[string]string{"resolution": resolution, "sound": sound},
			})
		}
	}
	return provider.List("USD", "cloud.google.com/vertex-ai pricing", "2026-08", out...)
}

// facts are what the list goes by.
func facts(resolution string, sound bool) map[string]string {
	if sound {
		return map[string]string{"resolution": resolution, "sound": "on"}
	}
	return map[string]string{"resolution": resolution, "sound": "off"}
}

func isLite(model string) bool { return strings.Contains(model, "-lite-") }
