package veo3

import (
	"fmt"

	"aigc/modules/internal/vertex"
)

// wire builds the vendor's request without its pictures, and says what Veo
// cannot honour.
func (in Input) wire(model string) (vertex.Request, []string) {
	w := &writer{}
	if oldModel(in.Model) && in.Model != model {
		w.say("model %s became %s.", in.Model, model)
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
	if in.AspectRatio != "" && in.AspectRatio != p.AspectRatio {
		w.say("aspect_ratio %s became %s, the nearest that Veo makes.", in.AspectRatio, p.AspectRatio)
	}
	first, _ := in.frames()
	if in.ResizeMode != "" && first != "" {
		p.ResizeMode = in.ResizeMode
	} else if in.ResizeMode != "" {
		w.say("resize_mode was left out: it is for films from a picture.")
	}
	in.length(p.DurationSeconds, w)
	in.sources(model, w)
	if in.GuidanceScale != nil {
		w.say("guidance_scale was left out: Veo has none.")
	}
	return vertex.Request{Instances: []vertex.Instance{{Prompt: in.Prompt}}, Parameters: p, Labels: in.Labels}, w.warnings
}

// length says what became of the length that was asked for.
func (in Input) length(seconds int, w *writer) {
	switch {
	case in.Video != "":
		if in.DurationSeconds > 0 || in.Duration > 0 {
			w.say("The length was left out: a film is extended by %d seconds.", extension)
		}
	case in.DurationSeconds > 0 && in.Duration > 0 && in.Duration != in.DurationSeconds:
		w.say("duration was left out: duration_seconds says it already.")
	case in.DurationSeconds == 0 && in.Duration > 0 && in.Duration != seconds:
		w.say("duration %d became %d seconds: Veo makes films of 4, 6 and 8, with 1080p, 4k or reference_images of 8 only.", in.Duration, seconds)
	}
}

// sources says which pictures are not sent.
func (in Input) sources(model string, w *writer) {
	if len(in.ReferenceImages) > len(in.references(model)) {
		w.say("reference_images was left out: %s does not take it.", model)
	}
	switch {
	case len(in.Images) > 0 && (in.Image != "" || in.LastFrame != ""):
		w.say("images was left out: image and last_frame say it already.")
	case len(in.Images) > 2:
		w.say("Only the first two of images were used, as first and last frame.")
	}
}

// writer notes what Veo cannot honour.
type writer struct{ warnings []string }

func (w *writer) say(format string, args ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}
