package kolors

import (
	"aigc/app/module"
	"aigc/modules/internal/siliconflow"
)

// Models are the documented image models of both sites, the default first. FLUX.2 is
// served by api.siliconflow.com, the others by api.siliconflow.cn. SiliconFlow changes
// its catalogue without notice.
var Models = []module.Model{
	{ID: "Kwai-Kolors/Kolors", Title: "Kolors", Doc: "text to image, or with one input image; free, up to 4 images per request", Aliases: []string{"kolors"}, Prices: siliconflow.Free},
	{ID: "Qwen/Qwen-Image", Title: "Qwen-Image", Doc: "text to image, renders text in images"},
	{ID: "Qwen/Qwen-Image-Edit", Title: "Qwen-Image-Edit", Doc: "edits an image"},
	{ID: "Qwen/Qwen-Image-Edit-2509", Title: "Qwen-Image-Edit 2509", Doc: "edits and combines up to 3 images"},
	{ID: "black-forest-labs/FLUX.2-pro", Title: "FLUX.2 pro", Doc: "text to image; api.siliconflow.com only"},
}
