package fluxkontext

import (
	"aigc/app/module"
	"aigc/modules/internal/bfl"
)

// Models are the FLUX.1 Kontext models, the default first.
var Models = []module.Model{
	{ID: "flux-kontext-pro", Title: "FLUX.1 Kontext pro", Aliases: []string{"flux-kontext"}, Prices: bfl.PerImage(0.04)},
	{ID: "flux-kontext-max", Title: "FLUX.1 Kontext max", Doc: "at most 6 running tasks per account", Running: 6, Prices: bfl.PerImage(0.08)},
}
