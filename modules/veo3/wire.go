package veo3

import (
	"aigc/app/provider"
	"aigc/modules/internal/vertex"
)

// wire builds the vendor's request without its pictures, and says what Veo
// cannot honour.
func (in Input) wire(model string) (vertex.Request, []string) {
	w := &provider.Notes{Model: "Veo"}
	if oldModel(in.Model) && in.Model != model {
		w.Replaced("model "+in.Model, model, "it is an old name")
	}
	sound := true // documented as required for the Veo 3 family
	p := vertex.Parameters{
		DurationSeconds: in.seconds(model), AspectRatio: "16:9", Resolution: "720p", SampleCount: in.count(), GenerateAudio: &sound,
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
		w.Rounded("aspect_ratio", in.AspectRatio, p.AspectRatio)
	}
	first, _ := in.frames()
	if in.ResizeMode != "" && first != "" {
		p.ResizeMode = in.ResizeMode
	} else if in.ResizeMode != "" {
		w.Ignored("resize_mode", "it is for videos from an image")
	}
	in.length(p.DurationSeconds, w)
	in.sources(model, w)
	w.Takes("guidance_scale", in.GuidanceScale != nil, false)
	return vertex.Request{Instances: []vertex.Instance{{Prompt: in.Prompt}}, Parameters: p, Labels: in.Labels}, w.Warnings()
}

// length says what became of the length that was asked for.
func (in Input) length(seconds int, w *provider.Notes) {
	switch {
	case in.Video != "":
		if in.DurationSeconds > 0 || in.Duration > 0 {
			w.Ignored("duration_seconds", "a video is extended by %d seconds", extension)
		}
	case in.DurationSeconds > 0 && in.Duration > 0 && in.Duration != in.DurationSeconds:
		w.Ignored("duration", "duration_seconds sets it already")
	case in.DurationSeconds == 0 && in.Duration > 0 && in.Duration != seconds:
		w.Rounded("duration", in.Duration, seconds)
	}
}

// sources says which pictures are not sent.
func (in Input) sources(model string, w *provider.Notes) {
	if len(in.ReferenceImages) > len(in.references(model)) {
		w.Ignored("reference_images", "%s does not support it", model)
	}
	switch {
	case len(in.Images) > 0 && (in.Image != "" || in.LastFrame != ""):
		w.Ignored("images", "image and last_frame set it already")
	case len(in.Images) > 2:
		w.Say("Only the first two of images are used, as first and last frame.")
	}
}
