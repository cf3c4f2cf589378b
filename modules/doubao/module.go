package doubao

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/seedream"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "doubao", Title: "Doubao 豆包", Doc: "ByteDance's Doubao image models: precise images with much text in them, and layers."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/doubao/generate"}, Tool: "create_doubao_image", Media: module.Image, Primary: true,
		Title: "Make an image with Doubao",
		Doc:   "Makes images from a text in Chinese or English, or from up to 10 images and a text. Marked as AI generated unless watermark is false.",
	}, module.Sync(ark.Vendor(), ark.Driver[seedream.Doubao]{}, module.Terms{Models: Models, CountField: "n", Submit: 6 * time.Minute})))
