package mcpapi

import (
	"context"
	"fmt"

	"aigc/app/module"
	"aigc/app/provider"
)

type imageInput struct {
	Prompt string              `json:"prompt" minLength:"1" maxLength:"1000" doc:"What to draw."`
	Model  string              `json:"model,omitempty" doc:"The model."`
	Size   string              `json:"size,omitempty" enum:"small,large" default:"small" doc:"The size."`
	N      int                 `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"How many."`
	Seed   *int64              `json:"seed,omitempty" doc:"The seed."`
	Image  provider.ImageRef   `json:"image,omitempty" doc:"An image to start from."`
	Images []provider.ImageRef `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"More of them."`
	Frame  *frame              `json:"frame,omitempty" doc:"A nested object."`
}

type frame struct {
	Width int `json:"width" minimum:"1"`
}

type videoInput struct {
	Prompt   string `json:"prompt" minLength:"1" doc:"What to show."`
	Duration int    `json:"duration,omitempty" minimum:"1" maximum:"30" doc:"Seconds."`
}

var toyco = provider.Vendor{Name: "toyco"}

func oneModel(id string, prices ...provider.Price) module.Terms {
	return module.Terms{Models: []module.Model{{ID: id, Prices: prices}}}
}

var toy = module.Define(module.Spec{Name: "toy", Title: "Toy"},
	module.Declare(module.Operation{
		Name: "image", Paths: []string{"/toy/generate"}, Tool: "create_toy_image", Media: module.Image, Primary: true,
		Title: "Draw a toy", Doc: "Draws toys.",
	}, module.Sync[imageInput](toyco, generator[imageInput]{}, oneModel("toy-1", provider.Price{Unit: "image", Micros: 40_000, Currency: "USD"}))),
	module.Declare(module.Operation{
		Name: "video", Paths: []string{"/toy/video"}, Tool: "create_veo3_video", Media: module.Video, Primary: true, StatusPath: "/toy/status/",
		Title: "Make a toy video", Doc: "Makes videos of toys.",
	}, module.Sync[videoInput](toyco, generator[videoInput]{}, oneModel("video-1"))),
)

var manyOperations = func() module.Module {
	var ops []module.Declaration
	for i := range 40 {
		ops = append(ops, module.Declare(module.Operation{
			Name: fmt.Sprintf("op%02d", i), Paths: []string{fmt.Sprintf("/crowd/%d", i)}, Tool: fmt.Sprintf("create_crowd_%02d", i), Primary: i >= 16,
			Media: module.Image, Title: "Crowd", Doc: "Draws a crowd.",
		}, module.Sync[videoInput](toyco, generator[videoInput]{}, oneModel("crowd"))))
	}
	return module.Define(module.Spec{Name: "crowd", Title: "Crowd"}, ops...)
}()

// edits is a module whose tool had other arguments in the replaced service.
var edits = module.Define(module.Spec{Name: "edits", Title: "Edits"},
	module.Declare(module.Operation{
		Name: "edits", Paths: []string{"/edits"}, Tool: "create_gpt_image_edit", Media: module.Image,
		Title: "Edit", Doc: "Edits.",
	}, module.Sync[videoInput](toyco, generator[videoInput]{}, oneModel("edit-1"))))

type generator[In any] struct{}

func (generator[In]) Generate(context.Context, provider.Call, In) (provider.Answer, error) {
	return provider.Answer{}, nil
}
