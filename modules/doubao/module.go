package doubao

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/seedream"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "doubao", Title: "Doubao 豆包", Doc: "ByteDance's Doubao image models: precise images, long texts in images, and layers."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/doubao/generate"}, Tool: "create_doubao_image", Media: module.Image, Primary: true,
		Title: "Create an image with Doubao",
		Doc:   "Creates images from a text prompt in Chinese or English, or from up to 10 input images and a prompt. The images are marked as AI generated unless watermark is false.",
	},
		module.Sync(ark.Vendor(), ark.Driver[seedream.Doubao]{}, module.Terms{Models: Models, CountField: "n", Submit: 6 * time.Minute}),
		aggregator.Images[seedream.Doubao](Models)))
