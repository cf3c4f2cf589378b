package seededit

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
	module.Spec{Name: "seededit", Title: "SeedEdit 即梦垫图", Doc: "ByteDance's image models for editing: an image changed by a text prompt."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/seededit/generate"}, Tool: "create_seededit_image", Media: module.Image, Primary: true,
		Title: "Edit an image with SeedEdit",
		Doc:   "Changes an image as the text prompt says, in Chinese or English, or creates a new one from several input images. Requires an input image.",
	},
		module.Sync(ark.Vendor(), ark.Driver[seedream.Edit]{}, module.Terms{Models: Models, CountField: "n", Submit: 6 * time.Minute}),
		module.Async(jimeng.Vendor(), jimeng.Driver[seedream.Edit]{}, module.Terms{Models: JimengModels, CountField: "n", Submit: time.Minute, Poll: module.Interval{First: 3 * time.Second, Every: 3 * time.Second}}),
		aggregator.Images[seedream.Edit](Models, JimengModels)))
