package seededit

import (
	"aigc/app/module"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/jimeng"
)

// Models are the models of the route to Ark, the default first. Ids with the
// prefix doubao- are Volcengine's, the others BytePlus's.
var Models = []module.Model{
	ark.NewModel("doubao-seedream-4-5-251128", "Seedream 4.5", "4K", "seededit", "seededit-pro", "即梦垫图"),
	ark.NewModel("doubao-seedream-5-5-261028", "Seedream 5.5", "newest"),
	ark.NewModel("doubao-seedream-5-0-pro-260628", "Seedream 5.0 pro", "splits an image into layers"),
	ark.NewModel("doubao-seedream-5-0-flash-260915", "Seedream 5.0 flash", "fast"),
	ark.NewModel("doubao-seedream-5-0-260128", "Seedream 5.0 lite", "series of images, web search", "doubao-seedream-5-0-lite-260128"),
	ark.NewModel("doubao-seedream-4-0-250828", "Seedream 4.0", "series of images, 4K"),
	ark.NewModel("seedream-4-5-251128", "Seedream 4.5", "BytePlus account; 4K"),
	ark.NewModel("seedream-5-5-261028", "Seedream 5.5", "BytePlus account", "dola-seedream-5-5-261028"),
	ark.NewRetired("2026-05-13", "doubao-seededit-3-0-i2i-250628", "SeedEdit 3.0"),
	ark.NewRetired("2026-05-13", "seededit-3-0-i2i-250628", "SeedEdit 3.0 (BytePlus)"),
}

// JimengModels are the models of the route to Jimeng, which uses Volcengine's
// access keys, the default first.
var JimengModels = []module.Model{
	{ID: "jimeng_i2i_v30", Title: "Jimeng edit 3.0", Doc: "one image; supports seed and strength", Aliases: []string{"seededit", "seededit-pro", "即梦垫图"}},
	{ID: "jimeng_seedream46_cvtob", Title: "Jimeng 4.6", Doc: "several images, 4K; needs AIGC_PUBLIC_URL", Prices: jimeng.PerImage},
	{ID: "jimeng_t2i_v40", Title: "Jimeng 4.0", Doc: "several images, 4K; needs AIGC_PUBLIC_URL", Prices: jimeng.PerImage},
	{ID: "seededit_v3.0", Title: "SeedEdit 3.0", Doc: "one image; supports seed and strength"},
}
