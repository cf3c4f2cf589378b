package recraftv3

import (
	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/recraft"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "recraftv3", Title: "Recraft V3", Doc: "Recraft's V3 models: raster images and SVG in many named styles, with texts at given places."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/recraftv3/create"}, Tool: "create_recraftv3_image", Media: module.Image, Primary: true,
		Title: "Create an image with Recraft V3",
		Doc:   "Creates images or SVG in a named style from a text prompt, changes an image, or fills the white area of a mask. Choose it for a substyle, or to place texts.",
	}, module.Sync[recraft.Input](recraft.Vendor(), recraft.Generator{}, module.Terms{Models: Models}), aggregator.Images[recraft.Input](Models)))
