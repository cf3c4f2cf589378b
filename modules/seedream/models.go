package seedream

import (
	"aigc/app/module"
	"aigc/modules/internal/ark"
)

// Models are the table of the vertical. The ids with doubao- are those of Volcengine, the others of BytePlus: both
// sites serve the same models, each under its own names.
var Models = []module.Model{
	ark.Model("doubao-seedream-5-5-261028", "Seedream 5.5", "newest", "seedream", "即梦"),
	ark.Model("doubao-seedream-5-0-pro-260628", "Seedream 5.0 pro", "takes pictures apart into layers"),
	ark.Model("doubao-seedream-5-0-flash-260915", "Seedream 5.0 flash", "fast"),
	ark.Model("doubao-seedream-5-0-260128", "Seedream 5.0 lite", "series of pictures, web search", "doubao-seedream-5-0-lite-260128"),
	ark.Model("doubao-seedream-4-5-251128", "Seedream 4.5", "series of pictures, 4K"),
	ark.Model("doubao-seedream-4-0-250828", "Seedream 4.0", "series of pictures, 4K"),
	ark.Model("seedream-5-5-261028", "Seedream 5.5", "BytePlus", "dola-seedream-5-5-261028"),
	ark.Model("seedream-5-0-pro-260628", "Seedream 5.0 pro", "BytePlus", "dola-seedream-5-0-pro-260628"),
	ark.Model("seedream-5-0-flash-260915", "Seedream 5.0 flash", "BytePlus; fast"),
	ark.Model("seedream-5-0-260128", "Seedream 5.0 lite", "BytePlus; series of pictures, web search"),
	ark.Model("seedream-4-5-251128", "Seedream 4.5", "BytePlus; series of pictures, 4K"),
	ark.Model("seedream-4-0-250828", "Seedream 4.0", "BytePlus; series of pictures, 4K"),
	ark.Retired("2026-05-13", "doubao-seedream-3-0-t2i-250415", "Seedream 3.0", "即梦3.0"),
	ark.Retired("2026-05-13", "doubao-seededit-3-0-i2i-250628", "SeedEdit 3.0", "即梦垫图"),
	ark.Retired("2026-05-13", "seedream-3-0-t2i-250415", "Seedream 3.0 (BytePlus)"),
	ark.Retired("2026-05-13", "seededit-3-0-i2i-250628", "SeedEdit 3.0 (BytePlus)"),
}
