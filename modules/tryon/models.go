package tryon

import (
	"aigc/app/module"
	"aigc/modules/internal/bfl"
	"aigc/modules/internal/fashn"
)

// Models are FASHN's try-on models, the default first. Of tryon-max only the fastest
// mode has a known price.
var Models = []module.Model{
	{ID: "tryon-v1.6", Title: "FASHN Try-On 1.6", Doc: "one garment, 864x1296; fast", Aliases: []string{"tryon"}, Prices: fashn.Credits(1, nil)},
	{ID: "tryon-max", Title: "FASHN Try-On Max", Doc: "preview; also shoes, hats, bags and jewellery, up to 4k",
		Prices: fashn.Credits(1, map[string]string{"generation_mode": "fast", "resolution": "1k"})},
}

// BFLModels are the try-on models of Black Forest Labs, the default first. The prices
// are for information only: the vendor's answer to a submission contains the actual
// cost.
var BFLModels = []module.Model{
	{ID: "vto-v2", Title: "FLUX virtual try-on 2", Doc: "up to 4 megapixels", Aliases: []string{"tryon"}, Prices: bfl.TryOn},
	{ID: "vto-v1", Title: "FLUX virtual try-on 1", Prices: bfl.TryOn},
}
