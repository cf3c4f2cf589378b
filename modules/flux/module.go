package flux

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/bfl"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "flux", Title: "FLUX", Doc: "Black Forest Labs' FLUX models: images from text and from images."},
	module.Declare(module.Operation{
		Name: "create", Paths: []string{"/flux/create"}, Tool: "create_flux_image", Kind: module.Image, Main: true,
		Title: "Draw an image with FLUX",
		Doc:   "Draws images from a text, or from up to 10 images and a text. Photographic, fast and cheap.",
	}, module.Async[Input](bfl.Vendor(), driver{}, module.Terms{
		Models: models, CountField: "n", Submit: 3 * time.Minute, Deadline: 10 * time.Minute,
		Poll: module.Interval{First: time.Second, Every: 1500 * time.Millisecond},
	})))

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
