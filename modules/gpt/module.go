package gpt

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/openai"
)

// Module is the vertical.
type Module struct{}

// New makes it.
func New() module.Module { return Module{} }

// Spec implements [module.Module].
func (Module) Spec() module.Spec {
	return module.Spec{Name: "gpt", Title: "GPT Image", Doc: "OpenAI's GPT image models: pictures from text, and edits of pictures."}
}

// timeout of one call: high quality takes minutes.
const timeout = 5 * time.Minute

// Mount implements [module.Module].
func (Module) Mount(h *module.Host) error {
	v := openai.Vendor()
	module.Add[Generation](h, module.Operation{
		Name: "generations", Paths: []string{"/gpt/generations"}, Tool: "create_gpt_image", Kind: module.Image, Main: true,
		Title:  "Draw a picture with GPT Image",
		Doc:    "Draws one or more pictures from a text. Strong at following long instructions and at writing in pictures.",
		Models: models, Submit: timeout,
	}, module.Via[Generation](v, generator{}))
	module.Add[Edit](h, module.Operation{
		Name: "edits", Paths: []string{"/gpt/edits"}, Tool: "create_gpt_image_edit", Kind: module.Image,
		Title:  "Edit pictures with GPT Image",
		Doc:    "Changes a picture, or makes a new one of up to 16 pictures, as a text says. A mask limits the change to its transparent part.",
		Models: models, Submit: timeout,
	}, module.Via[Edit](v, editor{}))
	return nil
}

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
