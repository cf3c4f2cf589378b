package kling

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Plan implements [module.Planner]. No list says what a series costs.
func (Driver) Plan(in Input, t module.Target) module.Plan {
	req, warnings := in.request(t.Model)
	p := module.Plan{Count: req.N, Warnings: warnings}
	if req.ResultType == series {
		amount, _ := strconv.Atoi(cmp.Or(in.SeriesAmount, "4")) // the vendor's default; 0 of auto: at least one comes
		p.Count *= max(1, amount)
		return p
	}
	if mainland(t.BaseURL) {
		p.Quote = t.Cost(nil, provider.Quantity{Unit: MainlandImage, N: int64(req.N)})
		return p
	}
	facts := map[string]string{"resolution": req.Resolution, "input images": strconv.Itoa(len(in.sent(capabilitiesOf(t.Model))))}
	p.Quote = t.Cost(facts, provider.Quantity{Unit: "image", N: int64(req.N)})
	return p
}

// series is the result type of several images that belong together, square the
// shape where none is asked for, as in the replaced service.
const series, square = "series", "1:1"

// Check implements [module.Checker].
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	m := capabilitiesOf(t.Model)
	inputs := len(in.sent(m))
	if m.Elements {
		inputs += len(in.Elements)
	}
	if inputs <= maxInputs {
		return nil
	}
	return []module.FieldError{{Field: "images", Message: fmt.Sprintf("%s takes at most %d input images and elements together", t.Model, maxInputs)}}
}

// request builds the vendor's request without its images, and says what the
// model does not support.
func (in Input) request(model string) (request, []string) {
	m := capabilitiesOf(model)
	n := &provider.Notes{Model: model}
	r := request{
		Model: model, Prompt: in.Prompt, N: max(1, in.N),
		NegativePrompt: take(n, "negative_prompt", in.NegativePrompt, !m.Omni),
		ImageReference: take(n, "image_reference", in.ImageReference, !m.Omni),
		ImageFidelity:  take(n, "image_fidelity", in.ImageFidelity, m.Fidelity),
		HumanFidelity:  take(n, "human_fidelity", in.HumanFidelity, m.Fidelity),
	}
	in.sources(&r, m, n)
	in.shape(&r, m, n)
	if n.Takes("result_type series", in.ResultType == series, m.Series) {
		r.ResultType, r.SeriesAmount = series, json.RawMessage(strings.Replace(in.SeriesAmount, "auto", `"auto"`, 1))
	} else if in.SeriesAmount != "" {
		n.Ignored("series_amount", "it needs result_type series")
	}
	if in.Watermark != nil {
		r.Watermark = map[string]bool{"enabled": *in.Watermark}
	}
	take(n, "cfg_scale", in.CfgScale, false)
	take(n, "seed", in.Seed, false)
	return r, n.Warnings()
}

// take is a field's value, or nothing where the model does not support the field.
func take[T comparable](n *provider.Notes, field string, value T, supported bool) (none T) {
	if n.Takes(field, value != none, supported) {
		return value
	}
	return none
}

// sources are the images and elements that the image is made from, and what does
// or does not go together with them.
func (in Input) sources(r *request, m capabilities, n *provider.Notes) {
	images := len(in.sent(m))
	if len(in.inputs()) > images {
		n.Ignored("all input images but the first", "%s takes one", n.Model)
	}
	if r.NegativePrompt != "" && images > 0 {
		r.NegativePrompt = ""
		n.Ignored("negative_prompt", "%s does not take it together with an input image", n.Model)
	}
	if r.ImageReference != "" && images == 0 {
		r.ImageReference = ""
		n.Ignored("image_reference", "it needs an input image")
	}
	if n.Takes("element_list", len(in.Elements) > 0, m.Elements) {
		r.Elements = in.Elements
	}
}

// shape is the aspect ratio and the resolution, also those of a size in pixels.
func (in Input) shape(r *request, m capabilities, n *provider.Notes) {
	if in.Resolution != "" {
		r.Resolution = provider.Nearest(m.Resolutions, sideOf, sideOf(in.Resolution))
		n.Rounded("resolution", in.Resolution, r.Resolution)
	}
	follows := m.Omni && len(in.sent(m)) > 0 // auto takes the shape of an input image
	w, h, sized := provider.ParseSize(in.Size)
	switch {
	case in.AspectRatio == "auto" && !follows && !m.AutoAlone:
		r.AspectRatio = square
		n.Replaced("aspect_ratio auto", square, "%s does not support it here", n.Model)
	case in.AspectRatio != "":
		r.AspectRatio = in.AspectRatio
	case sized:
		r.AspectRatio = provider.NearestShape(ratios, w, h)
		r.Resolution = cmp.Or(r.Resolution, provider.Nearest(m.Resolutions, sideOf, math.Sqrt(float64(w)*float64(h))))
		n.Replaced("size "+in.Size, "aspect_ratio "+r.AspectRatio+" and resolution "+r.Resolution, "%s does not support sizes in pixels", n.Model)
	case !follows:
		r.AspectRatio = square
	}
	if sized && in.AspectRatio != "" {
		n.Ignored("size", "aspect_ratio sets the shape already")
	}
}
