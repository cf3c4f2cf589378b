package mcpapi

import (
	"context"
	"fmt"

	"aigc/app/module"
	"aigc/app/provider"
)

type picture struct {
	Prompt string           `json:"prompt" minLength:"1" maxLength:"1000" doc:"What to draw."`
	Model  string           `json:"model,omitempty" doc:"The model."`
	Size   string           `json:"size,omitempty" enum:"small,large" default:"small" doc:"The size."`
	N      int              `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"How many."`
	Seed   *int64           `json:"seed,omitempty" doc:"The seed."`
	Image  provider.Image   `json:"image,omitempty" doc:"A picture to start from."`
	Images []provider.Image `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"More of them."`
	Frame  *frame           `json:"frame,omitempty" doc:"A nested object."`
}

type frame struct {
	Width int `json:"width" minimum:"1"`
}

type film struct {
	Prompt   string `json:"prompt" minLength:"1" doc:"What to film."`
	Duration int    `json:"duration,omitempty" minimum:"1" maximum:"30" doc:"Seconds."`
}

type toy struct{}

func (toy) Spec() module.Spec { return module.Spec{Name: "toy", Title: "Toy"} }

func (toy) Mount(h *module.Host) error {
	module.Add[picture](h, module.Operation{
		Name: "image", Paths: []string{"/toy/generate"}, Tool: "create_toy_image", Kind: module.Image, Main: true,
		Title: "Draw a toy", Doc: "Draws toys.", Models: []module.Model{{ID: "toy-1", Prices: []module.Price{{Per: "image", USD: 0.04}}}},
	}, module.Via[picture](provider.Vendor{Name: "toyco"}, generator[picture]{}))
	module.Add[film](h, module.Operation{
		Name: "film", Paths: []string{"/toy/film"}, Tool: "create_veo3_video", Kind: module.Video, StatusPath: "/toy/status/",
		Title: "Film a toy", Doc: "Films toys.", Models: []module.Model{{ID: "film-1"}},
	}, module.Via[film](provider.Vendor{Name: "toyco"}, generator[film]{}))
	return nil
}

type crowd struct{}

func (crowd) Spec() module.Spec { return module.Spec{Name: "crowd", Title: "Crowd"} }

func (crowd) Mount(h *module.Host) error {
	for i := range 40 {
		module.Add[film](h, module.Operation{
			Name: fmt.Sprintf("op%02d", i), Paths: []string{fmt.Sprintf("/crowd/%d", i)}, Tool: fmt.Sprintf("create_crowd_%02d", i), Main: i >= 20,
			Kind: module.Image, Title: "Crowd", Doc: "Draws a crowd.", Models: []module.Model{{ID: "crowd"}},
		}, module.Via[film](provider.Vendor{Name: "toyco"}, generator[film]{}))
	}
	return nil
}

// edits is a module whose tool had other arguments in the replaced service.
type edits struct{}

func (edits) Spec() module.Spec { return module.Spec{Name: "edits", Title: "Edits"} }

func (edits) Mount(h *module.Host) error {
	module.Add[film](h, module.Operation{
		Name: "edits", Paths: []string{"/edits"}, Tool: "create_gpt_image_edit", Kind: module.Image,
		Title: "Edit", Doc: "Edits.", Models: []module.Model{{ID: "edit-1"}},
	}, module.Via[film](provider.Vendor{Name: "toyco"}, generator[film]{}))
	return nil
}

type generator[In any] struct{}

func (generator[In]) Generate(context.Context, provider.Call, In) (provider.Answer, error) {
	return provider.Answer{}, nil
}
