package fluxkontext

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/bfl"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "fluxkontext", Title: "FLUX Kontext", Doc: "Black Forest Labs' FLUX.1 Kontext models: edits of images by a text prompt."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/flux-kontext/generate"}, Tool: "create_flux_kontext_image", Media: module.Image, Primary: true,
		Title: "Edit an image with FLUX Kontext",
		Doc:   "Changes an image as the text prompt says and leaves everything else in it unchanged. Also creates images from a prompt alone, or from up to 4 input images.",
	},
		module.Async[bfl.KontextInput](bfl.Vendor(), bfl.KontextDriver{}, module.Terms{
			Models: Models, CountField: "n", Submit: 3 * time.Minute, Deadline: 5 * time.Minute,
			Poll: module.Interval{First: time.Second, Every: time.Second},
		}),
		aggregator.Images[bfl.KontextInput](Models)))
