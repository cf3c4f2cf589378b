package vertex

import (
	"slices"
	"strings"
)

// imitated says whether the sandbox knows a model: any Veo, but for those that
// are no more.
func imitated(model string) bool {
	dead := strings.HasPrefix(model, "veo-2.") || strings.HasPrefix(model, "veo-3.0-") || strings.HasSuffix(model, "-preview")
	return strings.HasPrefix(model, "veo-") && !dead
}

// inspect reads a request as the real service does and says what is wrong
// first; empty for nothing. What it does not know, it ignores.
func inspect(model string, req Request) string {
	in, p := req.Instances[0], req.Parameters
	lite := strings.Contains(model, "-lite-")
	refs := len(in.ReferenceImages)
	for _, c := range []struct {
		name, value string
		known       []string
	}{
		{"aspectRatio", p.AspectRatio, []string{"16:9", "9:16"}},
		{"resolution", p.Resolution, []string{"720p", "1080p", "4k"}},
		{"personGeneration", p.PersonGeneration, []string{"allow_adult", "dont_allow", "allow_all"}},
		{"compressionQuality", p.CompressionQuality, []string{"optimized", "lossless"}},
		{"resizeMode", p.ResizeMode, []string{"pad", "crop"}},
	} {
		if c.value != "" && !slices.Contains(c.known, c.value) {
			return "Unsupported value of " + c.name + "."
		}
	}
	switch {
	case in.Prompt == "" && in.Image == nil && in.Video == nil:
		return "A prompt is required."
	case in.Image != nil && in.Video != nil, refs > 0 && (in.Image != nil || in.Video != nil):
		return "Image, video and reference images exclude each other."
	case in.LastFrame != nil && in.Image == nil:
		return "The last frame needs an image."
	case refs > 3, refs > 0 && lite:
		return "Too many reference images for this model."
	case p.Resolution == "4k" && lite:
		return "4k is not supported by this model."
	case p.DurationSeconds != 0 && !slices.Contains([]int{4, 6, 8}, p.DurationSeconds):
		return "Unsupported output video duration, supported durations are 4, 6 and 8 seconds."
	case p.DurationSeconds != 0 && p.DurationSeconds != 8 && !lite && (refs > 0 || p.Resolution == "1080p" || p.Resolution == "4k"):
		return "The duration must be 8 seconds here."
	case p.SampleCount < 0 || p.SampleCount > 4:
		return "sampleCount must be from 1 to 4."
	case p.Seed != nil && (*p.Seed < 0 || *p.Seed > 1<<32-1):
		return "seed must be from 0 to 4294967295."
	}
	for _, m := range append([]*Media{in.Image, in.LastFrame}, pictures(in.ReferenceImages)...) {
		if m != nil && m.MIMEType != "image/jpeg" && m.MIMEType != "image/png" {
			return "Unsupported image type."
		}
	}
	if in.Video != nil && in.Video.MIMEType != "video/mp4" {
		return "Unsupported video type."
	}
	return ""
}

func pictures(refs []Reference) []*Media {
	out := make([]*Media, len(refs))
	for i := range refs {
		out[i] = &refs[i].Image
	}
	return out
}
