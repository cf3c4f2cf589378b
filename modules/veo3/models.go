package veo3

import (
	"aigc/app/module"
	"aigc/modules/internal/vertex"
)

// Models are Google's Veo models, the default first.
var Models = []module.Model{
	{ID: "veo-3.1-fast-generate-001", Title: "Veo 3.1 fast", Aliases: []string{"veo3", "veo3-frames", "veo3-fast"}, Prices: vertex.PricesFast},
	{ID: "veo-3.1-generate-001", Title: "Veo 3.1", Doc: "best quality", Aliases: []string{"veo3-pro", "veo3-pro-frames"}, Prices: vertex.PricesBest},
	{ID: "veo-3.1-lite-generate-001", Title: "Veo 3.1 lite", Doc: "cheapest; no 4k, no reference images", Prices: vertex.PricesLite},
	{ID: "veo-3.1-generate-preview", Title: "Veo 3.1 preview", Retired: "2026-04-02"},
	{ID: "veo-3.1-fast-generate-preview", Title: "Veo 3.1 fast preview", Retired: "2026-04-02"},
	{ID: "veo-3.0-generate-001", Title: "Veo 3.0", Retired: "2026-06-30"},
	{ID: "veo-3.0-fast-generate-001", Title: "Veo 3.0 fast", Retired: "2026-06-30"},
	{ID: "veo-3.0-generate-preview", Title: "Veo 3.0 preview", Retired: "2026-04-02", Aliases: []string{"veo-3.0-fast-generate-preview"}},
	{ID: "veo-2.0-generate-001", Title: "Veo 2", Retired: "2026-06-30"},
}
