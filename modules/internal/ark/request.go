package ark

import (
	"slices"

	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// newRequest builds the request without its images, and returns warnings on what
// the model does not support.
func newRequest(in seedream.Request, model string) (request, []string) {
	t := CapabilitiesOf(model)
	n := &provider.Notes{Model: model}
	r := request{Model: model, Prompt: in.Prompt, ResponseFormat: "url", Watermark: &in.Watermark}
	r.Images.single = t.MaxInputs == 1
	r.Size = t.size(in, n)
	if n.Takes("seed", in.Seed != nil, t.Old) {
		r.Seed = in.Seed
	}
	r.GuidanceScale = t.guidance(in, n)
	n.Takes("negative_prompt", in.NegativePrompt != "", false)
	if jpeg := in.OutputFormat == "jpeg" && !t.Format; !jpeg && n.Takes("output_format", in.OutputFormat != "", t.Format) {
		r.OutputFormat = in.OutputFormat
	}
	series := n.Takes("sequential_image_generation", in.Sequential == "auto", t.Sequential)
	if series {
		r.Sequential, r.SequentialOpts = in.Sequential, in.SequentialOpts
	} else if in.SequentialOpts != nil {
		n.Ignored("sequential_image_generation_options", "it needs sequential_image_generation auto")
	}
	r.Optimize = t.optimize(in, n)
	if n.Takes("tools", len(in.Tools) > 0, t.Search) {
		r.Tools = in.Tools
	}
	if n.Takes("background", background(in) != "", t.Layered) {
		r.Background = in.Background
	}
	r.Layers = n.Takes("layer_decomposition", in.Layers, t.Layered)
	in.Unsupported(n, in.WeightField, "min_ratio", "max_ratio", "use_pre_llm", "logo_info")
	return r, n.Warnings()
}

// guidance is guidance_scale, by its name or the old name cfg_scale.
func (t Capabilities) guidance(in seedream.Request, n *provider.Notes) *float64 {
	own := n.Takes("guidance_scale", in.GuidanceScale != nil, t.Old)
	old := n.Takes("cfg_scale", in.CfgScale != nil, t.Old)
	switch {
	case own:
		if old {
			n.Ignored("cfg_scale", "guidance_scale sets it already")
		}
		return in.GuidanceScale
	case !old:
		return nil
	}
	v := min(*in.CfgScale, maxGuidance)
	n.Rounded("cfg_scale", *in.CfgScale, v)
	return &v
}

const maxGuidance = 10

func (t Capabilities) optimize(in seedream.Request, n *provider.Notes) *seedream.OptimizeOptions {
	if !n.Takes("optimize_prompt_options", in.Optimize != nil, t.Optimize) {
		return nil
	}
	o := *in.Optimize
	if o.Mode == "fast" && !t.Fast {
		n.Replaced("optimize_prompt_options.mode fast", "standard", "%s supports no other mode", n.Model)
		o.Mode = "standard"
	}
	return &o
}

// size is the size that is sent: the nearest supported one where the model does
// not support the one asked for.
func (t Capabilities) size(in seedream.Request, n *provider.Notes) string {
	w, h, explicit := parseSize(in.Size)
	switch {
	case t.Adaptive:
		if in.Size != "" && in.Size != "adaptive" || in.AspectRatio != "" {
			n.Ignored("size", "%s follows its input image", n.Model)
		}
		return "adaptive"
	case explicit:
		if in.AspectRatio != "" {
			n.Ignored("aspect_ratio", "size sets it already")
		}
		if in.Size == legacySize && !t.supportsArea(w, h) {
			w, h = t.fit(w, h)
			n.Rounded("size", in.Size, formatSize(w, h))
		}
		return formatSize(w, h)
	case in.Size == "adaptive":
		n.Takes("size adaptive", true, false)
	case in.Size != "":
		return t.tier(in, n)
	}
	if in.AspectRatio != "" {
		return formatSize(t.fit(seedream.Shape("2K", in.AspectRatio)))
	}
	return t.Default
}

// tier is the size that is sent for a named size, in the aspect ratio asked for.
func (t Capabilities) tier(in seedream.Request, n *provider.Notes) string {
	tier := seedream.NearestTier(t.Tiers, in.Size)
	sent := tier
	switch {
	case tier == "": // a model without named sizes gets the tier's size in pixels
		tier = in.Size
		fallthrough
	case in.AspectRatio != "":
		sent = formatSize(t.fit(seedream.Shape(tier, in.AspectRatio)))
	}
	if !slices.Contains(t.Tiers, in.Size) {
		n.Rounded("size", in.Size, sent)
	}
	return sent
}
