package cogview

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/zhipu"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "cogview", Title: "CogView 智谱", Doc: "Zhipu's CogView and GLM-Image models: images from a text prompt."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/cogview/create"}, Tool: "create_cogview_image", Media: module.Image, Primary: true,
		Title: "Create an image with CogView",
		Doc:   "Creates images from a text prompt. Good at Chinese prompts and at Chinese text in images.",
	},
		module.Mixed(zhipu.Vendor(), zhipu.Driver{}, module.Terms{
			Models: Models, CountField: "n", Deadline: 3 * time.Minute, Poll: module.Interval{First: 5 * time.Second, Every: 4 * time.Second},
		}),
		aggregator.Images[zhipu.Input](Models)))
