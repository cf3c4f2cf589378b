package kolors

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/siliconflow"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "kolors", Title: "Kolors 可图", Doc: "Kuaishou's free Kolors, and Qwen-Image, Qwen-Image-Edit and FLUX.2, hosted by SiliconFlow."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/kolors/generate"}, Tool: "create_kolors_image", Media: module.Image, Primary: true,
		Title: "Create an image with Kolors",
		Doc:   "Creates images from a text prompt in Chinese or English, or from an input image and a prompt. Kolors is free; Qwen-Image renders text in images, Qwen-Image-Edit-2509 edits and combines up to 3 images.",
	}, module.Sync(siliconflow.Vendor(), siliconflow.Driver{}, module.Terms{Models: Models, CountField: "n", Submit: 3 * time.Minute})))
