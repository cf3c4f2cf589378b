package minimax

import (
	"slices"
	"strings"

	"aigc/app/provider"
)

// auto is the value of size and aspect_ratio that leaves the shape to the model.
// oldQuality is the default of quality in the replaced service.
const auto, oldQuality = "auto", "standard"

// request builds the vendor's request without its images, and returns warnings on
// what the model does not support.
//
// Results of image-01 are small, and come as base64 within the answer, since their
// URLs expire after a day. Those of H3 are up to 10 images of up to 20 megapixels:
// they come as URLs, because a connection that breaks while they are sent would lose
// images that are paid.
func (in Input) request(model string) (request, []string) {
	can, n := capabilitiesOf(model), &provider.Notes{Model: model}
	r := request{
		Model: model, Prompt: in.Prompt, N: max(1, in.N), ResponseFormat: "base64",
		Seed:                  provider.IfSupported(n, "seed", in.Seed, !can.H3),
		PromptOptimizer:       provider.IfSupported(n, "prompt_optimizer", in.PromptOptimizer, !can.H3),
		Watermark:             provider.IfSupported(n, "aigc_watermark", in.Watermark, !can.H3),
		Area:                  provider.IfSupported(n, "area", in.Area, can.H3),
		DisablePromptEnhanced: provider.IfSupported(n, "disable_prompt_enhanced", in.DisablePromptEnhanced, can.H3),
	}
	if style := provider.IfSupported(n, "style", in.Style, can.Style); style != "" {
		r.Style = map[string]string{"style_type": style}
	}
	if can.H3 {
		r.ResponseFormat, r.OutputFormat = "url", in.OutputFormat
		in.setH3Shape(&r, n)
	} else {
		in.setShape(&r, can, n)
		if in.OutputFormat != "" && in.OutputFormat != "jpeg" {
			n.Replaced("output_format "+in.OutputFormat, "jpeg", "%s makes JPEG only", model)
		}
	}
	if name, _, _, ok := in.sides(); ok && name != "size" && in.Size != "" {
		n.Ignored("size", "width and height set it already")
	}
	n.Takes("quality", in.Quality != "" && in.Quality != oldQuality, false)
	if in.ResponseFormat != "" && in.ResponseFormat != "url" {
		n.Ignored("response_format "+in.ResponseFormat, "the answer holds links")
	}
	return r, n.Warnings()
}

// setShape sets the shape of an image of image-01: an aspect ratio, which wins over
// sides as at the vendor, or sides. A size that an aspect ratio stands for is sent
// as that, since every model supports it.
func (in Input) setShape(r *request, can capabilities, n *provider.Notes) {
	name, w, h, sized := in.sides()
	if a, b, ok := provider.ParseSize(strings.Replace(in.AspectRatio, ":", "x", 1)); ok {
		r.AspectRatio = provider.NearestShape(can.Ratios, a, b)
		n.Rounded("aspect_ratio", in.AspectRatio, r.AspectRatio)
		if sized {
			n.Ignored(name, "aspect_ratio sets the shape already")
		}
		return
	}
	size := provider.FormatSize(w, h)
	switch exact := ratioOfSize[size]; {
	case slices.Contains(can.Ratios, exact):
		r.AspectRatio = exact
	case sized && can.Sides:
		r.Width, r.Height = imageSizes.Fit(w, h)
		n.Rounded(name, size, provider.FormatSize(r.Width, r.Height))
	case sized:
		r.AspectRatio = provider.NearestShape(can.Ratios, w, h)
		n.Replaced(name+" "+size, "aspect_ratio "+r.AspectRatio, "%s does not support sides in pixels", n.Model)
	case in.AspectRatio == auto || in.Size == auto:
		n.Replaced(auto, "aspect_ratio 1:1", "%s does not choose the shape", n.Model)
	}
}

// setH3Shape sets the shape of an image of H3: a size, which wins over aspect_ratio
// and area, or those two.
func (in Input) setH3Shape(r *request, n *provider.Notes) {
	name, w, h, sized := in.sides()
	if !sized {
		r.AspectRatio = in.AspectRatio
		return
	}
	r.Size, r.Area = provider.FormatSize(h3Sizes.Fit(w, h)), ""
	n.Rounded(name, provider.FormatSize(w, h), r.Size)
	if in.AspectRatio != "" && in.AspectRatio != auto {
		n.Ignored("aspect_ratio", "%s sets the shape already", name)
	}
	if in.Area != "" {
		n.Ignored("area", "%s sets it already", name)
	}
}
