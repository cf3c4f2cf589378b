package kling

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/kling"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "kling", Title: "Kling 可灵", Doc: "Kuaishou's Kling models: images from a text prompt and from up to 10 input images, series of images, up to 4k."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/kling/create"}, Tool: "create_kling_image", Media: module.Image, Primary: true,
		Title: "Create an image with Kling",
		Doc:   "Creates images from a text prompt, or edits and combines input images. Good at people and at series of related images.",
	},
		module.Async(kling.Vendor(), kling.Driver{}, module.Terms{
			Models: Models, SlotPerResult: true, Poll: module.Interval{First: 5 * time.Second, Every: 3 * time.Second},
		}),
		aggregator.Images[kling.Input](Models)))
