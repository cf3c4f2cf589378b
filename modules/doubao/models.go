package doubao

import (
	"aigc/app/module"
	"aigc/modules/internal/ark"
)

// Models are the models of the vertical, the default first. Ids with the prefix
// doubao- are Volcengine's, the others BytePlus's.
var Models = []module.Model{
	ark.NewModel("doubao-seedream-5-0-pro-260628", "Seedream 5.0 pro", "splits an image into layers", "doubao", "Doubao image"),
	ark.NewModel("doubao-seedream-5-5-261028", "Seedream 5.5", "newest"),
	ark.NewModel("doubao-seedream-5-0-flash-260915", "Seedream 5.0 flash", "fast"),
	ark.NewModel("doubao-seedream-5-0-260128", "Seedream 5.0 lite", "series of images, web search", "doubao-seedream-5-0-lite-260128"),
	ark.NewModel("doubao-seedream-4-5-251128", "Seedream 4.5", "series of images, 4K"),
	ark.NewModel("doubao-seedream-4-0-250828", "Seedream 4.0", "series of images, 4K"),
	ark.NewModel("seedream-5-0-pro-260628", "Seedream 5.0 pro", "BytePlus account", "dola-seedream-5-0-pro-260628"),
	ark.NewModel("seedream-5-5-261028", "Seedream 5.5", "BytePlus account", "dola-seedream-5-5-261028"),
	ark.NewModel("seedream-5-0-flash-260915", "Seedream 5.0 flash", "BytePlus account; fast"),
	ark.NewRetired("2026-05-13", "doubao-seedream-3-0-t2i-250415", "Seedream 3.0"),
}
