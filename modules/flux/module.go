package flux

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/bfl"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "flux", Title: "FLUX", Doc: "Black Forest Labs' FLUX models: images from text and from images."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/flux/create"}, Tool: "create_flux_image", Media: module.Image, Primary: true,
		Title: "Create an image with FLUX",
		Doc:   "Creates images from a text prompt, or from up to 10 input images and a prompt. Photographic, fast and cheap.",
	},
		module.Async[bfl.Input](bfl.Vendor(), bfl.Driver{}, module.Terms{
			Models: Models, CountField: "n", Submit: 3 * time.Minute, Deadline: 10 * time.Minute,
			Poll: module.Interval{First: time.Second, Every: 1500 * time.Millisecond},
		}),
		aggregator.Images[bfl.Input](Models)))
