package vertex

import "aigc/app/provider"

// Common implements [provider.CommonInput]. Its images are the frames or, without them,
// the reference images.
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.count(), AspectRatio: in.AspectRatio, NegativePrompt: in.NegativePrompt, Seed: in.Seed,
		Resolution: in.Resolution, Seconds: in.seconds(in.Model),
	}
	for _, frame := range []provider.ImageRef{in.Image, in.LastFrame} {
		if frame != "" {
			c.Images = append(c.Images, frame)
		}
	}
	if len(c.Images) == 0 {
		c.Images = in.Images // of the replaced service, which passed all of them on
	}
	if len(c.Images) == 0 {
		c.Images = in.ReferenceImages
	}
	return c.WithOther(in, "duration", "duration_seconds", "resolution", "sample_count")
}
