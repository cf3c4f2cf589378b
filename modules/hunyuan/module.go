package hunyuan

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/hunyuan"
	"aigc/modules/internal/tencent"
	"aigc/modules/internal/tokenhub"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "hunyuan", Title: "Hunyuan 混元", Doc: "Tencent's Hunyuan image models: images from a text prompt and from up to 3 input images, up to 4096x4096 pixels."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/hunyuan/create"}, Tool: "create_hunyuan_image", Media: module.Image, Primary: true,
		Title: "Create an image with Hunyuan",
		Doc:   "Creates images from a text prompt in Chinese or English, or from up to 3 input images and a prompt. Good at long prompts and at Chinese text in images.",
	},
		module.Async(tencent.Vendor(), tencent.Driver{}, module.Terms{Models: Models, CountField: "n", Submit: time.Minute, Poll: module.Interval{First: 5 * time.Second, Every: 3 * time.Second}}),
		module.Sync(tokenhub.Vendor(), tokenhub.Generator{}, module.Terms{Models: TokenHubModels, CountField: "n", Submit: 3 * time.Minute}),
		aggregator.Images[hunyuan.Input](Models, TokenHubModels)))
