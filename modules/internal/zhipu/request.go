package zhipu

import (
	"slices"

	"aigc/app/provider"
)

// request builds the vendor's request without its id, and returns warnings on what
// the model or the site does not support.
func (in Input) request(model, baseURL string) (request, []string) {
	can := capabilitiesOf(model)
	n := &provider.Notes{Model: model}
	r := request{Model: model, Prompt: in.Prompt, UserID: in.UserID}
	r.Size = can.size(in.Size, n)
	r.Quality = can.quality(in.Quality, n)
	switch {
	case in.Watermark == nil:
	case siteOf(baseURL) == zAI:
		n.Ignored("watermark_enabled", "%s does not support it", zAI)
	default:
		r.Watermark = in.Watermark
	}
	n.Takes("seed", in.Seed != nil, false)
	return r, n.Warnings()
}

// size is the size that is sent. One that only the other family supports is rounded
// to the nearest of this one; any other was refused by Check.
func (c capabilities) size(requested string, n *provider.Notes) string {
	w, h, ok := provider.ParseSize(requested)
	if !ok || c.checkSize(w, h) == "" {
		return requested
	}
	sent := provider.FormatSize(c.Sizes.Fit(w, h))
	n.Rounded("size", requested, sent)
	return sent
}

// quality is the quality that is sent. A model with a single one takes no such field.
func (c capabilities) quality(requested string, n *provider.Notes) string {
	if len(c.Qualities) > 1 {
		return requested
	}
	if requested != "" && !slices.Contains(c.Qualities, requested) {
		n.Rounded("quality", requested, c.Qualities[0])
	}
	return ""
}
