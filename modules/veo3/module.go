package veo3

import (
	"context"
	"slices"
	"strings"
	"time"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/provider/hoist"
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
	e := embedder{ctx: ctx, call: c, files: &hoist.Files{}}
	inst := &body.Instances[0]
	first, last := in.frames()
	inst.Image, inst.LastFrame = e.media(first, "image", stills), e.media(last, "last_frame", stills)
	inst.Video = e.media(in.Video, "video", films)
	for _, img := range in.references(c.Model) {
		if m := e.media(img, "reference_images", stills); m != nil {
			inst.ReferenceImages = append(inst.ReferenceImages, vertex.Reference{Image: *m, ReferenceType: "asset"})
		}
	}
	if e.err != nil {
		return provider.Ticket{}, e.err
	}
	return vertex.Submit(ctx, c, body, e.files)
}

// What Veo reads.
var (
	stills = []string{"image/jpeg", "image/png"}
	films  = []string{"video/mp4"}
)

// embedder puts pictures and films into a request, and keeps the first error.
type embedder struct {
	ctx   context.Context
	call  provider.Call
	files *hoist.Files
	err   error
}

func (e *embedder) media(img provider.Image, field string, types []string) *vertex.Media {
	if img == "" || e.err != nil {
		return nil
	}
	in, err := e.call.Inputs.Open(e.ctx, img)
	if err == nil && !slices.Contains(types, in.MIME) {
		err = fault.New(fault.Invalid, "wrong_media_type", "%s: Veo takes %s; nothing was sent.", field, strings.Join(types, " or ")).With(fault.ChargedNo)
	}
	if err != nil {
		e.err = err
		return nil
	}
	return &vertex.Media{Bytes: e.files.Add(hoist.File{Size: in.Size, Open: in.Open}), MIMEType: in.MIME}
}
