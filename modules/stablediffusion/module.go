package stablediffusion

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/stability"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "stablediffusion", Title: "Stable Diffusion", Doc: "Stability AI's Stable Diffusion 3.5 and Stable Image models: images from a text prompt, and changes of an image."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/stable-diffusion/create"}, Tool: "create_stable_diffusion_image", Media: module.Image, Primary: true,
		Title: "Create an image with Stable Diffusion",
		Doc:   "Creates an image from a text prompt, or changes an input image. Negative prompts, weighted words, style presets.",
	}, module.Sync[stability.Input](stability.Vendor(), stability.Generator{}, module.Terms{
		Models: Models, CountField: "n", Submit: 2 * time.Minute,
	})))
