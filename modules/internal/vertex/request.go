package vertex

import (
	"context"

	"aigc/app/provider"
)

// request builds the vendor's request without images and video, and returns
// warnings on what Veo does not support.
func (in Input) request(model string) (request, []string) {
	notes := &provider.Notes{Model: "Veo"}
	if isLegacyModel(in.Model) && in.Model != model {
		notes.Replaced("model "+in.Model, model, "it is an old name")
	}
	audio := true // documented as required for the Veo 3 family
	p := parameters{
		DurationSeconds: in.seconds(model), AspectRatio: "16:9", Resolution: "720p", SampleCount: in.count(), GenerateAudio: &audio,
		NegativePrompt: in.NegativePrompt, PersonGeneration: in.PersonGeneration, Seed: in.Seed,
		EnhancePrompt: in.EnhancePrompt, CompressionQuality: in.CompressionQuality,
	}
	if in.GenerateAudio != nil {
		p.GenerateAudio = in.GenerateAudio
	}
	if in.Resolution != "" {
		p.Resolution = in.Resolution
	}
	if in.AspectRatio == "9:16" || in.AspectRatio == "3:4" {
		p.AspectRatio = "9:16"
	}
	if in.AspectRatio != "" {
		notes.Rounded("aspect_ratio", in.AspectRatio, p.AspectRatio)
	}
	first, _ := in.frames()
	if in.ResizeMode != "" && first != "" {
		p.ResizeMode = in.ResizeMode
	} else if in.ResizeMode != "" {
		notes.Ignored("resize_mode", "it needs image")
	}
	in.noteDuration(p.DurationSeconds, notes)
	notes.Takes("guidance_scale", in.GuidanceScale != nil, false)
	return request{Instances: []instance{{Prompt: in.Prompt}}, Parameters: p, Labels: in.Labels}, notes.Warnings()
}

// noteDuration adds a warning on a duration that is not sent as given.
func (in Input) noteDuration(seconds int, notes *provider.Notes) {
	switch {
	case in.Video != "":
		if in.DurationSeconds > 0 || in.Duration > 0 {
			notes.Ignored("duration_seconds", "a video is extended by %d seconds", extensionSeconds)
		}
	case in.DurationSeconds > 0 && in.Duration > 0 && in.Duration != in.DurationSeconds:
		notes.Ignored("duration", "duration_seconds sets it already")
	case in.DurationSeconds == 0 && in.Duration > 0 && in.Duration != seconds:
		notes.Rounded("duration", in.Duration, seconds)
	}
}

// The supported media types.
var (
	imageTypes = []string{"image/jpeg", "image/png"}
	videoTypes = []string{"video/mp4"}
)

// embed adds the images and the video of the input.
func (r *request) embed(ctx context.Context, e *provider.Embedder, in Input, model string) {
	add := func(img provider.ImageRef, field string, types []string) *media {
		if text, mime := e.AddTyped(ctx, provider.ImageRule{Field: field, Who: "Veo", Types: types}, img); text != "" {
			return &media{Bytes: text, MIMEType: mime}
		}
		return nil
	}
	inst := &r.Instances[0]
	first, last := in.frames()
	inst.Image, inst.LastFrame = add(first, "image", imageTypes), add(last, "last_frame", imageTypes)
	inst.Video = add(in.Video, "video", videoTypes)
	for _, img := range in.ReferenceImages {
		if m := add(img, "reference_images", imageTypes); m != nil {
			inst.ReferenceImages = append(inst.ReferenceImages, reference{Image: *m, ReferenceType: "asset"})
		}
	}
}
