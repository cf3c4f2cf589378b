package veo3

import (
	"context"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/modules/internal/vertex"
)

// Module is the vertical.
var Module = module.Define(
	module.Spec{Name: "veo3", Title: "Veo 3", Doc: "Google's Veo models: videos of 4 to 8 seconds with sound, from text and from images."},
	module.Declare(module.Operation{
		Name: "generate", Paths: []string{"/veo3/generate", "/veo3/official/generate"}, Tool: "create_veo3_video", Kind: module.Video, Main: true,
		StatusPath: "/veo3/official/status/",
		Title:      "Make a video with Veo",
		Doc:        "Makes a video of 4, 6 or 8 seconds with sound, from a text, from a first and last image, or from images of what shall appear. Takes one to three minutes.",
	}, module.Async[Input](vertex.Vendor(), driver{}, module.Terms{
		Models: models, Submit: 3 * time.Minute,
		Deadline: 45 * time.Minute, // a job can hang; 4k may take longer than the half hour of others
		Poll:     module.Interval{First: 20 * time.Second, Every: 15 * time.Second},
	})))

// driver adds the input to what the vendor's client can do.
type driver struct{ vertex.Client }

// Submit implements [provider.Driver].
func (driver) Submit(ctx context.Context, c provider.Call, in Input) (provider.Ticket, error) {
	body, _ := in.wire(c.Model)
	e := provider.NewEmbedder(c)
	media := func(img provider.Image, field string, types []string) *vertex.Media {
		rule := provider.ImageRule{Field: field, Who: "Veo", Types: types}
		if text, mime := e.AddTyped(ctx, rule, img); text != "" {
			return &vertex.Media{Bytes: text, MIMEType: mime}
		}
		return nil
	}
	inst := &body.Instances[0]
	first, last := in.frames()
	inst.Image, inst.LastFrame = media(first, "image", stills), media(last, "last_frame", stills)
	inst.Video = media(in.Video, "video", films)
	for _, img := range in.references(c.Model) {
		if m := media(img, "reference_images", stills); m != nil {
			inst.ReferenceImages = append(inst.ReferenceImages, vertex.Reference{Image: *m, ReferenceType: "asset"})
		}
	}
	return vertex.Submit(ctx, c, body, e)
}

// What Veo reads.
var (
	stills = []string{"image/jpeg", "image/png"}
	films  = []string{"video/mp4"}
)
