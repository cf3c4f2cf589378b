package bfl

import (
	"context"
	"net/url"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/tryon"
)

// TryOnDriver dresses persons, with the tool vto.
type TryOnDriver struct{ poller }

// Submit implements [provider.Driver].
func (TryOnDriver) Submit(ctx context.Context, c provider.Call, in tryon.Input) (provider.Ticket, error) {
	req, _ := tryOnRequest(in, c.Model)
	e := provider.NewEmbedder(c)
	req.Person = e.Add(ctx, provider.ImageRule{Field: "person_image", Who: "FLUX"}, in.Person())
	req.Garment = e.Add(ctx, provider.ImageRule{Field: "garment_image", Who: "FLUX"}, in.Garment())
	body, err := e.Body(req)
	if err != nil {
		return provider.Ticket{}, err
	}
	return send(ctx, c, "/v1/flux-tools/"+url.PathEscape(c.Model), body)
}

// Plan implements [module.Planner]. The price depends on the size of the result, which
// is not known before, so there is no quote.
func (TryOnDriver) Plan(in tryon.Input, t module.Target) module.Plan {
	_, warnings := tryOnRequest(in, t.Model)
	return module.Plan{Count: max(1, in.N), Warnings: warnings}
}

// tryOnRequest builds the vendor's request without its images, and returns warnings on
// what the models do not support. A prompt is required.
func tryOnRequest(in tryon.Input, model string) (request, []string) {
	n := &provider.Notes{Model: model}
	r := request{
		Prompt: in.PromptOr(tryon.DefaultPrompt), Seed: in.Seed, OutputFormat: in.OutputFormat, SafetyTolerance: in.SafetyTolerance,
	}
	n.Takes("category", in.Category != "", false)
	n.Takes("garment_photo_type", in.GarmentPhotoType != "", false)
	n.Takes("mode", in.Mode != "", false)
	n.Takes("moderation_level", in.ModerationLevel != "", false)
	n.Takes("segmentation_free", in.SegmentationFree != nil, false)
	n.Takes("resolution", in.Resolution != "", false)
	n.Takes("generation_mode", in.GenerationMode != "", false)
	n.Takes("return_base64", in.ReturnBase64, false)
	return r, n.Warnings()
}
