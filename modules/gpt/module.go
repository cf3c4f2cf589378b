package gpt

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/openai"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "gpt", Title: "GPT Image", Doc: "OpenAI's GPT image models: images from text, and edits of images."},
	module.Declare(module.Operation{
		Name: "generations", Paths: []string{"/gpt/generations"}, Tool: "create_gpt_image", Kind: module.Image, Main: true,
		Title: "Draw an image with GPT Image",
		Doc:   "Draws one or more images from a text. Strong at following long instructions and at writing in images.",
	}, module.Sync[Generation](openai.Vendor(), generator{}, terms)),
	module.Declare(module.Operation{
		Name: "edits", Paths: []string{"/gpt/edits"}, Tool: "create_gpt_image_edit", Kind: module.Image,
		Title: "Edit images with GPT Image",
		Doc:   "Changes an image, or makes a new one of up to 16 images, as a text says. A mask limits the change to its transparent part.",
	}, module.Sync[Edit](openai.Vendor(), editor{}, terms)))

var terms = module.Terms{Models: models, Submit: 5 * time.Minute} // high quality takes minutes

type generator struct{}

// Generate implements [provider.Generator].
func (generator) Generate(ctx context.Context, c provider.Call, in Generation) (provider.Answer, error) {
	body, _ := in.wire(c.Model)
	return openai.Generate(ctx, c, body)
}

type editor struct{}

// Generate implements [provider.Generator].
func (editor) Generate(ctx context.Context, c provider.Call, in Edit) (provider.Answer, error) {
	body, _ := in.wire(c.Model)
	return openai.Edit(ctx, c, body, in.pictures(), in.Mask)
}
