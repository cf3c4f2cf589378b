package siliconflow

import (
	"cmp"

	"aigc/app/provider"
)

// request builds the vendor's request without its images, and returns warnings on
// what the model does not support.
func (in Input) request(model string, can capabilities) (request, []string) {
	n := &provider.Notes{Model: model}
	r := request{
		Model: model, Prompt: in.Prompt, ImageSize: in.size(can, n),
		NegativePrompt: provider.IfSupported(n, "negative_prompt", in.NegativePrompt, can.Negative),
		Steps:          provider.IfSupported(n, "num_inference_steps", in.Steps, can.Steps),
		GuidanceScale:  provider.IfSupported(n, "guidance_scale", in.GuidanceScale, can.Guidance),
		Cfg:            provider.IfSupported(n, "cfg", in.Cfg, can.Cfg),
		OutputFormat:   provider.IfSupported(n, "output_format", in.OutputFormat, can.Format),
	}
	if in.Seed != nil {
		seed := *in.Seed % (maxSeed + 1) // the seed of a group's child may be above the range
		r.Seed = &seed
	}
	if can.Batch > 0 {
		guidance := defaultGuidance
		r.BatchSize = min(max(1, in.N), can.Batch)
		r.Steps = cmp.Or(r.Steps, defaultSteps)
		r.GuidanceScale = cmp.Or(r.GuidanceScale, &guidance)
	}
	if in.Mode == textToImage && len(in.inputs()) > 0 {
		n.Ignored("mode "+textToImage, "an input image is given")
	}
	provider.IfSupported(n, "strength", in.Strength, false)
	return r, n.Warnings()
}

// size is the size that is sent: the default, the requested one, or the nearest
// supported one.
func (in Input) size(can capabilities, n *provider.Notes) string {
	w, h, requested := provider.ParseSize(in.Size)
	switch {
	case can.Sizes == nil && requested:
		n.Ignored("size", "the image of %s has the size of its input", n.Model)
		return ""
	case can.Sizes == nil:
		return ""
	case !requested:
		return can.Sizes[0]
	case can.AnySize:
		return in.Size
	}
	nearest := provider.NearestSize(can.Sizes, w, h)
	n.Rounded("size", in.Size, nearest)
	return nearest
}
