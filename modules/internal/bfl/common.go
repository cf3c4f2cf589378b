package bfl

import "aigc/app/provider"

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.N, AspectRatio: in.AspectRatio, Seed: in.Seed, OutputFormat: in.OutputFormat, Images: in.inputs(),
	}
	if in.ImagePrompt != "" {
		c.Images = append(c.Images[:len(c.Images):len(c.Images)], in.ImagePrompt)
	}
	if in.Width > 0 && in.Height > 0 {
		c.Size = provider.FormatSize(in.Width, in.Height)
	}
	return c.WithOther(in, "width", "height")
}

// Common implements [provider.CommonInput].
func (in KontextInput) Common() provider.Common {
	c := in.input().Common()
	return c.WithOther(in)
}
