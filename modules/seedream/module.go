package seedream

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/ark"
	"aigc/modules/internal/jimeng"
	"aigc/modules/internal/seedream"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "seedream", Title: "Seedream 即梦", Doc: "ByteDance's Seedream models: images from a text prompt and from input images, up to 4K."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/seedream/generate"}, Tool: "create_seedream_image", Media: module.Image, Primary: true,
		Title: "Create an image with Seedream",
		Doc:   "Creates images from a text prompt in Chinese or English, or from up to 14 input images and a prompt. Large and detailed.",
	},
		module.Sync(ark.Vendor(), ark.Driver[seedream.Input]{}, module.Terms{Models: Models, CountField: "n", Submit: 6 * time.Minute}),
		module.Async(jimeng.Vendor(), jimeng.Driver[seedream.Input]{}, module.Terms{Models: JimengModels, CountField: "n", Submit: time.Minute, Poll: module.Interval{First: 3 * time.Second, Every: 3 * time.Second}}),
		aggregator.Images[seedream.Input](Models, JimengModels)))
