package stability

import (
	"slices"
	"strconv"

	"aigc/app/provider"
)

// defaultStrength is the strength that is sent if none is given: the vendor requires one
// with an input image.
const defaultStrength = 0.5

// request builds the vendor's request without its file, and returns warnings on what the
// model does not support.
func (in Input) request(model string) (request, []string) {
	can, n := capabilitiesOf(model), &provider.Notes{Model: model}
	r := request{Prompt: in.Prompt}
	if n.Takes("negative_prompt", in.NegativePrompt != "", can.NegativePrompt) {
		r.NegativePrompt = in.NegativePrompt
	}
	in.setImage(&r, can, n)
	in.setRatio(&r, can, n)
	if n.Takes("cfg_scale", in.CfgScale != nil, can.CfgScale) {
		r.CfgScale = number(*in.CfgScale)
	}
	if n.Takes("style_preset", in.StylePreset != "", can.StylePreset) {
		r.StylePreset = in.StylePreset
	}
	if seed := in.fixedSeed(); seed != nil {
		r.Seed = strconv.FormatInt(*seed, 10)
	}
	switch {
	case in.OutputFormat == "" || slices.Contains(can.Formats, in.OutputFormat):
		r.OutputFormat = in.OutputFormat
	default:
		r.OutputFormat = can.Formats[0]
		n.Replaced("output_format "+in.OutputFormat, r.OutputFormat, "%s supports png and jpeg", model)
	}
	return r, n.Warnings()
}

// setImage sets the fields that say whether there is an input image.
func (in Input) setImage(r *request, can capabilities, n *provider.Notes) {
	sent := in.Image != "" && can.Image
	if can.ModelField {
		r.Model, r.Mode = n.Model, map[bool]string{false: "text-to-image", true: "image-to-image"}[sent]
	}
	switch {
	case sent && in.Strength != nil:
		r.Strength = number(*in.Strength)
	case sent:
		r.Strength = number(defaultStrength)
	case in.Strength != nil:
		n.Ignored("strength", "it needs an input image")
	}
}

// setRatio sets the aspect ratio, if need be from size.
func (in Input) setRatio(r *request, can capabilities, n *provider.Notes) {
	field, asked := "aspect_ratio", in.AspectRatio
	switch {
	case asked == "":
		field, asked = "size", in.Size
	case in.Size != "":
		n.Ignored("size", "aspect_ratio sets the shape already")
	}
	switch _, _, pixels := provider.ParseSize(asked); {
	case asked == "":
		return
	case in.sentImage(can) != "" && !can.RatioWithImage:
		n.Ignored(field, "%s keeps the shape of the input image", n.Model)
		return
	case pixels:
		n.Replaced("size "+asked, "aspect_ratio "+nearestRatio(asked), "%s does not support sizes in pixels", n.Model)
	default:
		n.Rounded(field, asked, nearestRatio(asked))
	}
	r.AspectRatio = nearestRatio(asked)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
