package seedream

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Source is the input of a vertical.
type Source interface{ Request() Request }

// Request is the input of any of the verticals in one form.
type Request struct {
	Options
	Jimeng
	Inputs      []provider.ImageRef // all input images, in order
	Edit        bool                // an input image is required
	Watermark   bool
	Weight      *float64 // of the prompt against the input images, 0 to 1; nil: the vendor's default
	WeightField string   // name of the input field that Weight comes from
}

// check reports the faults that are the same for all vendors: a blank prompt, and an edit
// without an input image.
func (r Request) check() (faults []module.FieldError) {
	if strings.TrimSpace(r.Prompt) == "" {
		faults = append(faults, module.FieldError{Field: "prompt", Message: "must not be empty"})
	}
	if r.Edit && len(r.Inputs) == 0 {
		faults = append(faults, module.FieldError{Field: "image", Message: "an image to edit is required"})
	}
	return faults
}

// Unsupported adds a warning for each of these fields that was given, for a model
// that supports none of them, and for response_format b64_json, which is never
// sent.
func (r Request) Unsupported(n *provider.Notes, fields ...string) {
	given := map[string]bool{
		"sequential_image_generation_options": r.SequentialOpts != nil,
		"guidance_scale":                      r.GuidanceScale != nil, "cfg_scale": r.CfgScale != nil,
		"negative_prompt": r.NegativePrompt != "", "optimize_prompt_options": r.Optimize != nil, "tools": len(r.Tools) > 0,
		"background": r.Background != "" && r.Background != "auto", "layer_decomposition": r.Layers,
		"min_ratio": r.MinRatio != 0, "max_ratio": r.MaxRatio != 0, "use_pre_llm": r.UsePreLLM != nil, "logo_info": r.Logo != nil,
		r.WeightField: r.Weight != nil,
	}
	for _, field := range fields {
		n.Takes(field, given[field], false)
	}
	if r.ResponseFormat == "b64_json" {
		n.Ignored("response_format b64_json", "the answer holds links")
	}
}

// Tiers are all named sizes of all models, the smallest first.
var Tiers = []string{"1K", "1.5K", "2K", "3K", "4K"}

// TierSide is the side of a tier's square in pixels; 0 for an unknown tier.
func TierSide(tier string) int {
	return map[string]int{"1K": 1024, "1.5K": 1536, "2K": 2048, "3K": 3072, "4K": 4096}[tier]
}

// NearestTier is the tier of a model that is nearest in size to tier; empty if the
// model has no tiers.
func NearestTier(own []string, tier string) string {
	if len(own) == 0 {
		return ""
	}
	return provider.Nearest(own, func(t string) float64 { return float64(TierSide(t)) }, float64(TierSide(tier)))
}

// recommendedSizes are ByteDance's recommended sizes of the larger tiers in
// landscape; portrait sizes have the sides swapped.
var recommendedSizes = map[string]map[string][2]int{
	"2K": {"1:1": {2048, 2048}, "4:3": {2304, 1728}, "3:2": {2496, 1664}, "16:9": {2848, 1600}, "21:9": {3136, 1344}},
	"3K": {"1:1": {3072, 3072}, "4:3": {3456, 2592}, "3:2": {3744, 2496}, "16:9": {4096, 2304}},
	"4K": {"1:1": {4096, 4096}, "4:3": {4704, 3520}, "3:2": {4992, 3328}, "16:9": {5504, 3040}, "21:9": {6240, 2656}},
}

// Step is the multiple to which sides chosen by us are rounded; the vendors accept
// any.
const Step = 16

// Shape returns the sides of a tier in a ratio "WIDTH:HEIGHT".
func Shape(tier, ratio string) (w, h int) {
	r, ok := provider.ParseRatio(ratio)
	if !ok {
		r = 1
	}
	if s, ok := recommendedSizes[tier][ratio]; ok {
		return s[0], s[1]
	}
	if r < 1 {
		a, b, _ := strings.Cut(ratio, ":")
		h, w = Shape(tier, b+":"+a)
		return w, h
	}
	return provider.Sides(r, TierSide(tier)*TierSide(tier), Step, 0)
}
