package gpt

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/openai"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "gpt", Title: "GPT Image", Doc: "OpenAI's GPT image models: images from text, and edits of images."},
	module.Declare(module.Operation{
		Name: "generations", Paths: []string{"/gpt/generations"}, Tool: "create_gpt_image", Media: module.Image, Primary: true,
		Title: "Draw an image with GPT Image",
		Doc:   "Draws one or more images from a text. Strong at following long instructions and at writing in images.",
	}, module.Sync[openai.GenerateInput](openai.Vendor(), openai.Generator{}, terms)),
	module.Declare(module.Operation{
		Name: "edits", Paths: []string{"/gpt/edits"}, Tool: "create_gpt_image_edit", Media: module.Image,
		Title: "Edit images with GPT Image",
		Doc:   "Changes an image, or makes a new one of up to 16 images, as a text says. A mask limits the change to its transparent part.",
	}, module.Sync[openai.EditInput](openai.Vendor(), openai.Editor{}, terms)))

var terms = module.Terms{Models: Models, Submit: 5 * time.Minute} // high quality takes minutes
