package kling

import "aigc/app/provider"

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	return provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.Size, AspectRatio: in.AspectRatio, NegativePrompt: in.NegativePrompt, Seed: in.Seed,
		Images: in.inputs(), Watermark: in.Watermark,
	}.WithOther(in)
}
