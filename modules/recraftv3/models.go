package recraftv3

import (
	"aigc/app/module"
	"aigc/modules/internal/recraft"
)

// Models are Recraft's V3 models, the default first. The prices are for quotes only:
// the vendor's answer contains the units spent.
var Models = []module.Model{
	recraft.NewModel("recraftv3", "Recraft V3", "styles, texts at given places"),
	recraft.NewModel("recraftv3_vector", "Recraft V3 vector", "SVG"),
}
