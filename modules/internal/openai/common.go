package openai

import "aigc/app/provider"

// common are the fields that generations and edits share in the vocabulary that vendors
// share.
func (o Options) common() provider.Common {
	return provider.Common{
		Prompt: o.Prompt, N: o.N, Size: o.Size, Quality: o.Quality, Background: o.Background, OutputFormat: o.OutputFormat,
	}
}

// Common implements [provider.CommonInput].
func (in GenerateInput) Common() provider.Common {
	c := in.common()
	c.Style = in.Style
	return c.WithOther(in)
}

// Common implements [provider.CommonInput].
func (in EditInput) Common() provider.Common {
	c := in.common()
	c.Images, c.Mask = in.images(), in.Mask
	return c.WithOther(in, "image_description")
}
