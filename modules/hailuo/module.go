package hailuo

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/minimax"
)

// Module is the vertical. MiniMax may hold a request for 10 minutes.
var Module = module.Define(
	module.Spec{Name: "hailuo", Title: "Hailuo 海螺", Doc: "MiniMax's image models: images from a text prompt, of a person in a photo, and from up to 16 input images."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/hailuo/generate"}, Tool: "create_hailuo_image", Media: module.Image, Primary: true,
		Title: "Create an image with Hailuo",
		Doc:   "Creates images from a text prompt; image-01 shows the person of a portrait in a new scene, MiniMax-H3-Image edits and combines input images. Fast and cheap.",
	},
		module.Sync[minimax.Input](minimax.Vendor(), minimax.Driver{}, module.Terms{Models: Models, CountField: "n", Submit: 11 * time.Minute}),
		aggregator.Images[minimax.Input](Models)))
