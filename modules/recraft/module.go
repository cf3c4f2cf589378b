package recraft

import (
	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/recraft"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "recraft", Title: "Recraft", Doc: "Recraft's V4 and V2 models: raster images and SVG from a text prompt, from an image, and in the style of reference images."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/recraft/generate"}, Tool: "create_recraft_image", Media: module.Image, Primary: true,
		Title: "Create an image with Recraft",
		Doc:   "Creates images or SVG from a text prompt, changes an image, or fills the white area of a mask. Good at design: illustrations, icons, posters, brand colours.",
	}, module.Sync[recraft.Input](recraft.Vendor(), recraft.Generator{}, module.Terms{Models: Models}), aggregator.Images[recraft.Input](Models)))
