package kling

import (
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/kling"
)

// Models are Kling's image models, the default first, with list prices in US
// dollars. It is not confirmed that kling-v2-1 is still served since 2026-09-15.
var Models = []module.Model{
	{ID: "kling-v3", Title: "Kling 3.0", Doc: "text to image, with one reference image", Aliases: []string{"kling"}, Prices: list(kling.Units(8, nil))},
	{ID: "kling-v3-omni", Title: "Kling 3.0 Omni", Doc: "edits and combines up to 10 images, series of images, 4k",
		Prices: list(kling.Units(16, map[string]string{"resolution": "4k"}), kling.Units(8, nil))},
	{ID: "kling-image-o1", Title: "Kling Image O1", Doc: "edits and combines up to 10 images",
		Prices: append(list(kling.Units(8, nil)), provider.Price{Unit: kling.MainlandImage, Micros: 200_000, Currency: "CNY", Source: source, Date: "2026-08"})},
	{ID: "kling-v2-1", Title: "Kling 2.1", Doc: "fidelity to one input image; may no longer be served", Prices: list(kling.Units(4, map[string]string{"input images": "0"}), kling.Units(8, nil))},
	{ID: "kling-v2-new", Title: "Kling 2.0 new", Retired: retired},
	{ID: "kling-v2", Title: "Kling 2.0", Retired: retired},
	{ID: "kling-v1-5", Title: "Kling 1.5", Retired: retired},
	{ID: "kling-v1", Title: "Kling 1.0", Retired: retired},
}

const source, retired = "kling.ai price list", "2026-09-15"

func list(prices ...provider.Price) []provider.Price {
	return provider.List("USD", source, "2026-08", prices...)
}
