package seedream

import "aigc/app/provider"

// common is a vertical's input in the vocabulary that vendors share, without its other fields.
func (r Request) common() provider.Common {
	return provider.Common{
		Prompt: r.Prompt, N: r.N, Size: r.Size, AspectRatio: r.AspectRatio, NegativePrompt: r.NegativePrompt, Seed: r.Seed,
		Images: r.Inputs, OutputFormat: r.OutputFormat, Background: r.Background, Watermark: &r.Watermark,
	}
}

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common { return in.Request().common().WithOther(in) }

// Common implements [provider.CommonInput].
func (in Edit) Common() provider.Common { return in.Request().common().WithOther(in) }

// Common implements [provider.CommonInput].
func (in Doubao) Common() provider.Common { return in.Request().common().WithOther(in) }
