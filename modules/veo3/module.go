package veo3

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/vertex"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "veo3", Title: "Veo 3", Doc: "Google's Veo models: videos of 4 to 8 seconds with sound, from a text prompt and from images."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/veo3/generate", "/veo3/official/generate"}, Tool: "create_veo3_video", Media: module.Video, Primary: true,
		StatusPath: "/veo3/official/status/", TaskPath: "/veo3/task",
		Title:      "Create a video with Veo",
		Doc:        "Creates a video of 4, 6 or 8 seconds with sound, from a text prompt, from a first and last frame, or from reference images. Takes one to three minutes.",
	},
		module.Async[vertex.Input](vertex.Vendor(), vertex.Driver{}, module.Terms{
			Models: Models, Submit: 3 * time.Minute,
			Deadline: 45 * time.Minute, // a job can hang; 4k may take longer than the default 30 minutes
			Poll:     module.Interval{First: 20 * time.Second, Every: 15 * time.Second},
		}),
		aggregator.Videos[vertex.Input](Models)))
