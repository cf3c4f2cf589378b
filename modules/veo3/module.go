package veo3

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
	"aigc/modules/internal/vertex"
)

// Module is the vertical.
type Module struct{}

// New makes it.
func New() module.Module { return Module{} }

// Spec implements [module.Module].
func (Module) Spec() module.Spec {
	return module.Spec{Name: "veo3", Title: "Veo 3", Doc: "Google's Veo models: films of 4 to 8 seconds with sound, from text and from pictures."}
}

// Mount implements [module.Module].
func (Module) Mount(h *module.Host) error {
	module.Add[Input](h, module.Operation{
		Name: "generate", Paths: []string{"/veo3/generate", "/veo3/official/generate"}, Tool: "create_veo3_video", Kind: module.Video, Main: true,
		Title:  "Make a film with Veo",
		Doc:    "Makes a film of 4, 6 or 8 seconds with sound, from a text, from a first and last picture, or from pictures of what shall appear. Takes one to three minutes.",
		Models: models, StatusPath: "/veo3/official/status/", Submit: time.Minute, Deadline: 30 * time.Minute,
		Pace: module.Pace{First: 20 * time.Second, Every: 15 * time.Second},
	}, module.Via[Input](vertex.Vendor(), driver{}))
	return nil
}

// driver adds the input to what the vendor's client can do.
type driver struct{ vertex.Client }

// Submit implements [provider.Driver].
func (driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	body, _ := in.wire(c.Model)
	files := &hoist.Files{}
	inst := &body.Instances[0]
	inst.Prompt = in.Prompt
	embed := func(img provider.Image) (*vertex.Media, error) {
		if img == "" {
			return nil, nil
		}
		p, err := c.Inputs.Open(ctx, img)
		if err != nil {
			return nil, err
		}
		return &vertex.Media{Bytes: files.Add(hoist.File{Size: p.Size, Open: p.Open}), MIMEType: p.MIME}, nil
	}
	var err error
	if inst.Image, err = embed(in.first()); err != nil {
		return provider.Ticket{}, err
	}
	if inst.LastFrame, err = embed(in.last()); err != nil {
		return provider.Ticket{}, err
	}
	if inst.Video, err = embed(in.Video); err != nil {
		return provider.Ticket{}, err
	}
	for _, img := range in.references() {
		m, err := embed(img)
		if err != nil {
			return provider.Ticket{}, err
		}
		inst.ReferenceImages = append(inst.ReferenceImages, vertex.Reference{Image: *m, ReferenceType: "asset"})
	}
	return vertex.Submit(ctx, c, body, files)
}
