package ark

import (
	"fmt"
	"slices"
)

// wire builds the request without its pictures, and says what the model cannot
// honour.
func (in Input) wire(model string) (request, []string) {
	t := TraitsOf(model)
	n := &notes{model: model}
	r := request{Model: model, Prompt: in.Prompt, ResponseFormat: "url", Watermark: &in.Watermark}
	r.Images.alone = t.MaxInputs == 1
	n.takes("image", len(in.pictures()) > 0, t.MaxInputs > 0)
	r.Size = in.size(t, n)
	if n.takes("seed", in.Seed != nil, t.Old) {
		r.Seed = in.Seed
	}
	r.GuidanceScale = in.guidance(t, n)
	n.takes("negative_prompt", in.NegativePrompt != "", false)
	if jpeg := in.OutputFormat == "jpeg" && !t.Format; !jpeg && n.takes("output_format", in.OutputFormat != "", t.Format) {
		r.OutputFormat = in.OutputFormat
	}
	series := n.takes("sequential_image_generation", in.Sequential == "auto", t.Sequential)
	if series {
		r.Sequential, r.SequentialOpts = in.Sequential, in.SequentialOpts
	} else if in.SequentialOpts != nil {
		n.say("sequential_image_generation_options was left out: it goes with sequential_image_generation auto.")
	}
	r.Optimize = in.optimize(t, n)
	if n.takes("tools", len(in.Tools) > 0, t.Search) {
		r.Tools = in.Tools
	}
	if n.takes("background", in.background() != "", t.Layered) {
		r.Background = in.Background
	}
	r.Layers = n.takes("layer_decomposition", in.Layers, t.Layered)
	if in.ResponseFormat == "b64_json" {
		n.say("response_format b64_json was left out: the answer holds links.")
	}
	return r, n.warnings
}

// guidance is guidance_scale, by its own name or the old one.
func (in Input) guidance(t Traits, n *notes) *float64 {
	own := n.takes("guidance_scale", in.GuidanceScale != nil, t.Old)
	old := n.takes("cfg_scale", in.CfgScale != nil, t.Old)
	switch {
	case own:
		if old {
			n.say("cfg_scale was left out: guidance_scale says it already.")
		}
		return in.GuidanceScale
	case !old:
		return nil
	}
	v := min(*in.CfgScale, maxGuidance)
	if v != *in.CfgScale {
		n.say("cfg_scale became %d, the most that %s takes.", maxGuidance, n.model)
	}
	return &v
}

const maxGuidance = 10

func (in Input) optimize(t Traits, n *notes) *OptimizeOptions {
	if !n.takes("optimize_prompt_options", in.Optimize != nil, t.Optimize) {
		return nil
	}
	o := *in.Optimize
	if o.Mode == "fast" && !t.Fast {
		n.say("optimize_prompt_options.mode fast became standard, the only one of %s.", n.model)
		o.Mode = "standard"
	}
	return &o
}

// size brings what the model cannot draw to the nearest it can.
func (in Input) size(t Traits, n *notes) string {
	w, h, explicit := parseSize(in.Size)
	switch {
	case t.Adaptive:
		if in.Size != "" && in.Size != "adaptive" || in.AspectRatio != "" {
			n.say("the size was left out: %s follows its input picture.", n.model)
		}
		return "adaptive"
	case explicit:
		if in.AspectRatio != "" {
			n.say("aspect_ratio was left out: size says it already.")
		}
		if in.Size == oldSize && !t.draws(w, h) {
			w, h = t.fit(w, h)
			n.say("size %s became %s, the nearest that %s draws.", in.Size, sides(w, h), n.model)
		}
		return sides(w, h)
	case in.Size == "adaptive":
		n.say("size adaptive was left out: %s does not take it.", n.model)
	case in.Size != "":
		return in.tier(t, n)
	}
	if in.AspectRatio != "" {
		return sides(t.fit(shape("2K", in.AspectRatio)))
	}
	return t.Default
}

// tier is a named size, of a shape if one is asked for.
func (in Input) tier(t Traits, n *notes) string {
	tier := t.nearestTier(in.Size)
	became := tier
	switch {
	case tier == "": // a model without tiers draws a size of them
		tier = in.Size
		fallthrough
	case in.AspectRatio != "":
		became = sides(t.fit(shape(tier, in.AspectRatio)))
	}
	if !slices.Contains(t.Tiers, in.Size) {
		n.say("size %s became %s, the nearest that %s draws.", in.Size, became, n.model)
	}
	return became
}

// notes says what a model cannot honour.
type notes struct {
	model    string
	warnings []string
}

func (n *notes) say(format string, args ...any) {
	n.warnings = append(n.warnings, fmt.Sprintf(format, args...))
}

// takes says whether a field that was given is sent on.
func (n *notes) takes(field string, given, honoured bool) bool {
	if given && !honoured {
		n.say("%s was left out: %s does not take it.", field, n.model)
	}
	return given && honoured
}
