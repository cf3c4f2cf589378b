package flux

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/bfl"
)

// Module is the vertical.
type Module struct{}

// New makes it.
func New() module.Module { return Module{} }

// Spec implements [module.Module].
func (Module) Spec() module.Spec {
	return module.Spec{Name: "flux", Title: "FLUX", Doc: "Black Forest Labs' FLUX models: pictures from text and from pictures."}
}

// Mount implements [module.Module].
func (Module) Mount(h *module.Host) error {
	module.Add[Input](h, module.Operation{
		Name: "create", Paths: []string{"/flux/create"}, Tool: "create_flux_image", Kind: module.Image, Main: true,
		Title:  "Draw a picture with FLUX",
		Doc:    "Draws pictures from a text, or from up to 10 pictures and a text. Photographic, fast and cheap.",
		Models: models, Fanout: "n", Submit: 3 * time.Minute, Deadline: 10 * time.Minute,
		Pace: module.Pace{First: time.Second, Every: 1500 * time.Millisecond},
	}, module.Via[Input](bfl.Vendor(), driver{}))
	return nil
}

type driver struct{}

// Submit implements [provider.Driver].
func (driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	req, _ := in.wire(c.Model)
	traits := bfl.TraitsOf(c.Model)
	e := provider.NewEmbedder(c)
	req.SetPictures(traits, e.AddAll(ctx, traits.ImageRule(), in.pictures(traits)))
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	return bfl.Submit(ctx, c, traits.Path, body)
}

// Poll implements [provider.Driver].
func (driver) Poll(ctx context.Context, c provider.Call, t provider.Ticket) (provider.Update, error) {
	return bfl.Poll(ctx, c, t)
}
