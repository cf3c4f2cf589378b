package sandbox

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// family is the fields, defaults and prices of all models with an id prefix.
type family struct {
	prefix       string
	tool         bool // its path has the folder flux-tools
	fields       []sandbox.Field
	strict       bool    // unknown fields are refused
	step         int     // width and height are multiples of it; 0: they are no fields
	followsInput bool    // the result has the aspect ratio of the first input image
	ratio        float64 // default width by height; 1 if zero
	area         int     // default area in pixels; 1 megapixel if zero
	format       string  // default output_format; jpeg if empty
	first        float64 // credits of an image, or of its first megapixel
	further      float64 // credits of each further megapixel, and of those of input images
}

// families are searched in order, so a longer prefix comes before a shorter one.
// Prices are of mid-2026. The result of virtual try-on has the size of the person's
// image.
var families = []family{
	{prefix: "flux-3-", fields: flux3, strict: true, followsInput: true, first: 4.8},
	{prefix: "flux-2-klein-4b", fields: flux2, step: 16, followsInput: true, first: 1.4, further: 0.1},
	{prefix: "flux-2-klein-", fields: flux2, step: 16, followsInput: true, first: 1.5, further: 0.2},
	{prefix: "flux-2-max", fields: flux2More, step: 16, followsInput: true, first: 7, further: 3},
	{prefix: "flux-2-flex", fields: flux2Flex, step: 16, followsInput: true, first: 5, further: 5},
	{prefix: "flux-2-", fields: flux2More, step: 16, followsInput: true, first: 3, further: 1.5},
	{prefix: "flux-kontext-max", fields: kontext, followsInput: true, format: "png", first: 8},
	{prefix: "flux-kontext-", fields: kontext, followsInput: true, format: "png", first: 4},
	{prefix: "flux-pro-1.1-ultra", fields: ultra, ratio: 16. / 9, area: 4 << 20, first: 6},
	{prefix: "flux-pro-1.1", fields: flux11, step: 32, ratio: 4. / 3, area: 1024 * 768, first: 4},
	{prefix: "vto-", tool: true, fields: vto, step: 16, followsInput: true, first: 3.75, further: 0.5},
	{prefix: "flux-dev", fields: dev, step: 32, ratio: 4. / 3, area: 1024 * 768, first: 2.5},
}

func familyOf(model string) (family, bool) {
	i := slices.IndexFunc(families, func(f family) bool { return strings.HasPrefix(model, f.prefix) })
	if i < 0 {
		return family{}, false
	}
	return families[i], true
}

// drawing is the image of a request without its seed, the size of all input images
// and of the result in megapixels, and the cost in credits. Input images given as
// URLs are not fetched and count as 0.
func (f family) drawing(b sandbox.Body) (d sandbox.Drawing, inputMP, outputMP, cost float64) {
	var first sandbox.Picture
	for _, i := range f.images(b) {
		if p, ok := sandbox.ReadPicture(i.text); ok {
			inputMP += float64(p.Width*p.Height) / (1 << 20)
			first = cmp.Or(first, p)
		}
	}
	w, h := f.sides(b, first)
	outputMP = float64(w*h) / (1 << 20)
	cost = f.first + f.further*(max(0, outputMP-1)+inputMP)
	d = sandbox.Drawing{Spec: picture.Spec{Prompt: b.Text("prompt"), Width: w, Height: h}, Format: b.Or("output_format", cmp.Or(f.format, "jpeg"))}
	return d, hundredths(inputMP), hundredths(outputMP), hundredths(cost)
}

func hundredths(f float64) float64 { return math.Round(f*100) / 100 }

// sides are the width and height of the result in pixels.
func (f family) sides(b sandbox.Body, input sandbox.Picture) (w, h int) {
	if w, h = b.Int("width"), b.Int("height"); f.step > 0 && !f.tool && w > 0 && h > 0 {
		return w, h
	}
	ratio, area := cmp.Or(f.ratio, 1), cmp.Or(f.area, 1<<20)
	if f.strict {
		area = cmp.Or(resolutions[b.Text("resolution")], area)
	}
	if asked, ok := provider.ParseRatio(b.Text("aspect_ratio")); ok && f.step == 0 {
		ratio = asked
	} else if f.followsInput && input.Width > 0 {
		ratio = float64(input.Width) / float64(input.Height)
		if f.step > 0 {
			area = min(input.Width*input.Height, 4<<20)
		}
	}
	return provider.Sides(ratio, area, 16, picture.MaxSide)
}
