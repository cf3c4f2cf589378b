package tokenhub

import (
	"aigc/app/provider"
	"aigc/modules/internal/hunyuan"
)

// newRequest builds the request without its images, and returns warnings on what the
// model does not support.
func newRequest(in hunyuan.Input, model string) (request, []string) {
	can, n := capabilitiesOf(model), &provider.Notes{Model: model}
	r := request{Model: can.WireID}
	if w, h := in.Sides(n, can.Sizes, can.Area); w > 0 {
		r.Size = provider.FormatSize(w, h)
	}
	if can.Chat {
		r.Messages = []message{{Role: "user", Content: []part{{Type: "text", Text: in.Prompt}}}}
	} else {
		r.Prompt = in.Prompt
	}
	seed := in.FixedSeed()
	if n.Takes("seed", seed != nil, can.Plain) {
		r.Seed = seed
	}
	if can.Plain {
		r.Revise = &in.Revise
	} else {
		n.Takes("revise", in.Revise, false)
	}
	if n.Takes("footnote", in.Footnote != "", can.Plain) {
		r.Footnote = in.Footnote
	}
	switch {
	case !n.Takes("generate_max_pixels", in.MaxPixels > 0, can.Chat):
	case r.Size != "":
		n.Ignored("generate_max_pixels", "size or aspect_ratio sets the size already")
	default:
		r.MaxPixels = in.MaxPixels
	}
	n.Takes("watermark", in.Watermark, false)
	n.Takes("logo_rect", in.LogoRect != nil, false)
	return r, n.Warnings()
}
