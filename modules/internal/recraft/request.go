package recraft

import "aigc/app/provider"

// request builds the vendor's request without its files, and returns warnings on what
// the model does not support.
func (in Input) request(model string) (request, []string) {
	n := &provider.Notes{Model: model}
	r := request{
		Prompt: in.Prompt, Model: model, N: max(1, in.N), ResponseFormat: "url", Seed: in.Seed,
		BlockNSFW: in.BlockNSFW, CalculateFeatures: in.CalculateFeatures, Expire: in.Expire,
	}
	in.setStyle(&r, n)
	can := capabilitiesOf(r.Model)
	in.setShape(&r, can, n)
	if n.Takes("negative_prompt", in.NegativePrompt != "", can.Generation < v4) {
		r.NegativePrompt = in.NegativePrompt
	}
	if in.Controls != nil {
		c := *in.Controls
		if !n.Takes("controls.artistic_level", c.ArtisticLevel != nil, can.Generation == v3) {
			c.ArtisticLevel = nil
		}
		if !c.isZero() {
			r.Controls = &c
		}
	}
	if n.Takes("text_layout", len(in.TextLayout) > 0, can.Generation == v3) {
		r.TextLayout = in.TextLayout
	}
	if n.Takes("creativity", in.Creativity != "", can.Generation == v4) {
		r.Creativity = in.Creativity
	}
	if n.Takes("upscale", in.Upscale != "", can.Generation == v4) {
		r.Upscale = in.Upscale
	}
	if in.ResponseFormat == "b64_json" {
		n.Ignored("response_format b64_json", "the answer holds links")
	}
	return r, n.Warnings()
}

// setShape sets the endpoint, and the fields on which it and the file format depend.
func (in Input) setShape(r *request, can capabilities, n *provider.Notes) {
	switch {
	case in.Image == "":
		r.path = generations
		sent, rounded := can.size(in.Size)
		if rounded {
			n.Rounded("size", in.Size, sent)
		}
		r.Size = sent
	case in.Mask != "":
		r.path = inpaint
	default:
		r.path, r.Strength = imageToImage, in.Strength
	}
	if in.Size != "" && r.path != generations {
		n.Ignored("size", "the result has the size of the input image")
	}
	if in.Strength != nil && r.path != imageToImage {
		n.Ignored("strength", "it applies to image without mask")
	}
	switch {
	case can.Vector:
		n.Takes("image_format", in.ImageFormat != "", false)
	case in.ImageFormat == "webp":
		r.ImageFormat = "webp"
	default:
		r.ImageFormat = "png"
		if in.ImageFormat != "" {
			n.Rounded("image_format", in.ImageFormat, r.ImageFormat)
		}
	}
}
