package flux

import (
	"aigc/app/module"
	"aigc/modules/internal/bfl"
)

// Models are the FLUX models, the default first. The prices are for quotes only:
// the vendor's answer to a submission contains the actual cost.
var Models = []module.Model{
	{ID: "flux-2-pro", Title: "FLUX.2 pro", Prices: bfl.PerMegapixel(0.03, 0.015)},
	{ID: "flux-3-image", Title: "FLUX.3", Doc: "newest; up to 10 input images, 4k", Aliases: []string{"flux-3"}, Prices: bfl.PerResolution("1k", 0.048)},
	{ID: "flux-2-max", Title: "FLUX.2 max", Doc: "best quality of FLUX.2", Prices: bfl.PerMegapixel(0.07, 0.03)},
	{ID: "flux-2-pro-preview", Title: "FLUX.2 pro preview", Prices: bfl.PerMegapixel(0.03, 0.015)},
	{ID: "flux-2-flex", Title: "FLUX.2 flex", Doc: "steps and guidance", Prices: bfl.PerMegapixel(0.05, 0.05)},
	{ID: "flux-2-klein-9b", Title: "FLUX.2 klein 9B", Doc: "fast", Prices: bfl.PerMegapixel(0.015, 0.002)},
	{ID: "flux-2-klein-9b-preview", Title: "FLUX.2 klein 9B preview", Doc: "fast", Prices: bfl.PerMegapixel(0.015, 0.002)},
	{ID: "flux-2-klein-4b", Title: "FLUX.2 klein 4B", Doc: "fastest", Prices: bfl.PerMegapixel(0.014, 0.001)},
	{ID: "flux-pro-1.1", Title: "FLUX 1.1 pro", Aliases: []string{"flux-pro", "flux"}, Prices: bfl.PerImage(0.04)},
	{ID: "flux-pro-1.1-ultra", Title: "FLUX 1.1 pro ultra", Doc: "up to 4 megapixels", Prices: bfl.PerImage(0.06)},
	{ID: "flux-dev", Title: "FLUX.1 dev", Doc: "steps and guidance", Prices: bfl.PerImage(0.025)},
}
