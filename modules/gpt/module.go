package gpt

import (
	"time"

	"aigc/app/module"
	"aigc/modules/internal/aggregator"
	"aigc/modules/internal/openai"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "gpt", Title: "GPT Image", Doc: "OpenAI's GPT image models: images from a text prompt, and edits of images."},
	module.Declare(module.Operation{
		Name: "generations", Paths: []string{"/gpt/generations"}, Tool: "create_gpt_image", Media: module.Image, Primary: true, WithImages: "edits",
		Title: "Create an image with GPT Image",
		Doc:   "Creates one or more images from a text prompt. Good at following long instructions and at text in images.",
	},
		module.Sync[openai.GenerateInput](openai.Vendor(), openai.Generator{}, terms),
		module.Sync[openai.GenerateInput](openai.AzureVendor(), openai.Generator{Azure: true}, azureTerms),
		aggregator.Images[openai.GenerateInput](Models)),
	module.Declare(module.Operation{
		Name: "edits", Paths: []string{"/gpt/edits"}, Tool: "create_gpt_image_edit", Media: module.Image,
		Title: "Edit images with GPT Image",
		Doc:   "Changes an image as the text prompt says, or creates a new one from up to 16 input images. A mask limits the change to its transparent area.",
	},
		module.Sync[openai.EditInput](openai.Vendor(), openai.Editor{}, terms),
		module.Sync[openai.EditInput](openai.AzureVendor(), openai.Editor{Azure: true}, azureTerms),
		aggregator.Images[openai.EditInput](Models)))

var (
	terms      = module.Terms{Models: Models, Submit: 5 * time.Minute} // high quality takes minutes
	azureTerms = module.Terms{Models: AzureModels, Submit: 10 * time.Minute}
)
