package tryon

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/bfl"
	"aigc/modules/internal/fashn"
	"aigc/modules/internal/tryon"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "tryon", Title: "Virtual try-on 虚拟换衣", Doc: "FASHN's and Black Forest Labs' try-on models: a person in another garment."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/tryon/generate"}, Tool: "create_tryon_image", Media: module.Image, Primary: true,
		Title: "Try a garment on a person",
		Doc:   "Dresses the person of one image in the garment of another. Face, body, pose and background stay the same; one garment per request.",
	},
		module.Async(fashn.Vendor(), fashn.Driver{}, module.Terms{
			Models: Models, Submit: 3 * time.Minute, Deadline: 5 * time.Minute, Poll: module.Interval{First: 4 * time.Second, Every: 2 * time.Second},
		}),
		module.Async(bfl.Vendor(), bfl.TryOnDriver{}, module.Terms{
			Models: BFLModels, CountField: "n", Submit: 3 * time.Minute, Deadline: 5 * time.Minute, Poll: module.Interval{First: 2 * time.Second, Every: 2 * time.Second},
		}),
		aggregator.Images[tryon.Input](Models, BFLModels)))
