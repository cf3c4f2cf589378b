package seedream

import (
	"aigc/app/module"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/jimeng"
)

// Models are the models of the route to Ark, the default first. Ids with the
// prefix doubao- are Volcengine's, the others BytePlus's: both sites serve the
// same models under their own names.
var Models = []module.Model{
	ark.NewModel("doubao-seedream-5-5-261028", "Seedream 5.5", "newest", "seedream", "即梦"),
	ark.NewModel("doubao-seedream-5-0-pro-260628", "Seedream 5.0 pro", "splits an image into layers"),
	ark.NewModel("doubao-seedream-5-0-flash-260915", "Seedream 5.0 flash", "fast"),
	ark.NewModel("doubao-seedream-5-0-260128", "Seedream 5.0 lite", "series of images, web search", "doubao-seedream-5-0-lite-260128"),
	ark.NewModel("doubao-seedream-4-5-251128", "Seedream 4.5", "series of images, 4K"),
	ark.NewModel("doubao-seedream-4-0-250828", "Seedream 4.0", "series of images, 4K"),
	ark.NewModel("seedream-5-5-261028", "Seedream 5.5", "BytePlus account", "dola-seedream-5-5-261028"),
	ark.NewModel("seedream-5-0-pro-260628", "Seedream 5.0 pro", "BytePlus account", "dola-seedream-5-0-pro-260628"),
	ark.NewModel("seedream-5-0-flash-260915", "Seedream 5.0 flash", "BytePlus account; fast"),
	ark.NewModel("seedream-5-0-260128", "Seedream 5.0 lite", "BytePlus account; series of images, web search"),
	ark.NewModel("seedream-4-5-251128", "Seedream 4.5", "BytePlus account; series of images, 4K"),
	ark.NewModel("seedream-4-0-250828", "Seedream 4.0", "BytePlus account; series of images, 4K"),
	ark.NewRetired("2026-05-13", "doubao-seedream-3-0-t2i-250415", "Seedream 3.0", "即梦3.0"),
	ark.NewRetired("2026-05-13", "doubao-seededit-3-0-i2i-250628", "SeedEdit 3.0", "即梦垫图"),
	ark.NewRetired("2026-05-13", "seedream-3-0-t2i-250415", "Seedream 3.0 (BytePlus)"),
	ark.NewRetired("2026-05-13", "seededit-3-0-i2i-250628", "SeedEdit 3.0 (BytePlus)"),
}

// JimengModels are the models of the route to Jimeng, which uses Volcengine's
// access keys, the default first.
var JimengModels = []module.Model{
	{ID: "jimeng_seedream46_cvtob", Title: "Jimeng 4.6", Doc: "series of images, 4K", Aliases: []string{"seedream", "即梦"}, Prices: jimeng.PerImage},
	{ID: "jimeng_t2i_v40", Title: "Jimeng 4.0", Doc: "series of images, 4K", Prices: jimeng.PerImage},
	{ID: "jimeng_t2i_v31", Title: "Jimeng 3.1", Doc: "text only; supports seed"},
	{ID: "jimeng_t2i_v30", Title: "Jimeng 3.0", Doc: "text only; supports seed", Aliases: []string{"即梦3.0"}},
}
