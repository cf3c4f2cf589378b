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

// Plan implements [module.Planner]. A series has no quote: the
// vendor publishes no price for one.
func (Driver) Plan(in Input, t module.Target) module.Plan {
	req, warnings := in.request(t.Model)
	p := module.Plan{Count: req.N, Warnings: warnings}
	if req.ResultType == resultSeries {
		amount, _ := strconv.Atoi(cmp.Or(in.SeriesAmount, "4")) // 4 is the vendor's default; auto gives 0, counted as 1
		p.Count *= max(1, amount)
		return p
	}
	if isMainland(t.BaseURL) {
		p.Quote = t.Cost(nil, provider.Quantity{Unit: MainlandImage, N: int64(req.N)})
		return p
	}
	facts := map[string]string{"resolution": req.Resolution, "input images": strconv.Itoa(len(in.inputs()))}
	p.Quote = t.Cost(facts, provider.Quantity{Unit: "image", N: int64(req.N)})
	return p
}

// resultSeries is the result type of a series of images. defaultRatio is the
// aspect ratio if none is given, as in the replaced service.
const resultSeries, defaultRatio = "series", "1:1"

// Check implements [module.Checker].
func (Driver) Check(in Input, t module.Target) []module.FieldError {
	m := capabilitiesOf(t.Model)
	inputs := len(in.inputs())
	if inputs > 1 && !m.Omni {
		return []module.FieldError{{Field: "images", Message: t.Model + " supports one input image, image included"}}
	}
	if m.Elements {
		inputs += len(in.Elements)
	}
	if inputs <= maxInputs {
		return nil
	}
	return []module.FieldError{{Field: "images", Message: fmt.Sprintf("%s supports at most %d input images and elements together", t.Model, maxInputs)}}
}

// request builds the vendor's request without its images, and returns warnings on
// what the model does not support.
func (in Input) request(model string) (request, []string) {
	m := capabilitiesOf(model)
	n := &provider.Notes{Model: model}
	r := request{
		Model: model, Prompt: in.Prompt, N: max(1, in.N),
		NegativePrompt: provider.IfSupported(n, "negative_prompt", in.NegativePrompt, !m.Omni),
		ImageReference: provider.IfSupported(n, "image_reference", in.ImageReference, !m.Omni),
		ImageFidelity:  provider.IfSupported(n, "image_fidelity", in.ImageFidelity, m.Fidelity),
		HumanFidelity:  provider.IfSupported(n, "human_fidelity", in.HumanFidelity, m.Fidelity),
	}
	in.setImages(&r, m, n)
	in.setShape(&r, m, n)
	if n.Takes("result_type series", in.ResultType == resultSeries, m.Series) {
		r.ResultType, r.SeriesAmount = resultSeries, json.RawMessage(strings.Replace(in.SeriesAmount, "auto", `"auto"`, 1))
	} else if in.SeriesAmount != "" {
		n.Ignored("series_amount", "it needs result_type series")
	}
	if in.Watermark != nil {
		r.Watermark = map[string]bool{"enabled": *in.Watermark}
	}
	provider.IfSupported(n, "cfg_scale", in.CfgScale, false)
	provider.IfSupported(n, "seed", in.Seed, false)
	return r, n.Warnings()
}

// setImages sets the elements, and clears fields that cannot be combined with input
// images or need one, with a warning for each.
func (in Input) setImages(r *request, m capabilities, n *provider.Notes) {
	images := len(in.inputs())
	if r.NegativePrompt != "" && images > 0 {
		r.NegativePrompt = ""
		n.Ignored("negative_prompt", "%s does not support it together with an input image", n.Model)
	}
	if r.ImageReference != "" && images == 0 {
		r.ImageReference = ""
		n.Ignored("image_reference", "it needs an input image")
	}
	if n.Takes("element_list", len(in.Elements) > 0, m.Elements) {
		r.Elements = in.Elements
	}
}

// setShape sets aspect ratio and resolution, if need be from a size in pixels.
func (in Input) setShape(r *request, m capabilities, n *provider.Notes) {
	if in.Resolution != "" {
		r.Resolution = provider.Nearest(m.Resolutions, sideOf, sideOf(in.Resolution))
		n.Rounded("resolution", in.Resolution, r.Resolution)
	}
	followsInput := m.Omni && len(in.inputs()) > 0 // auto is the aspect ratio of the input image
	w, h, sized := provider.ParseSize(in.Size)
	switch {
	case in.AspectRatio == "auto" && !followsInput && !m.AutoAlone:
		r.AspectRatio = defaultRatio
		n.Replaced("aspect_ratio auto", defaultRatio, "%s does not support it here", n.Model)
	case in.AspectRatio != "":
		r.AspectRatio = in.AspectRatio
	case sized:
		r.AspectRatio = provider.NearestShape(ratios, w, h)
		r.Resolution = cmp.Or(r.Resolution, provider.Nearest(m.Resolutions, sideOf, math.Sqrt(float64(w)*float64(h))))
		n.Replaced("size "+in.Size, "aspect_ratio "+r.AspectRatio+" and resolution "+r.Resolution, "%s does not support sizes in pixels", n.Model)
	case !followsInput:
		r.AspectRatio = defaultRatio
	}
	if sized && in.AspectRatio != "" {
		n.Ignored("size", "aspect_ratio sets the shape already")
	}
}
