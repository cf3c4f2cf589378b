package openai

import (
	"slices"

	"aigc/app/provider"
)

// request builds the vendor's request, and returns warnings on what the model does
// not support.
func (in GenerateInput) request(model string) (imageRequest, []string) {
	notes := &provider.Notes{Model: model}
	r := in.Options.request(notes)
	notes.Takes("style", in.Style != "", false)
	return r, notes.Warnings()
}

// request builds the vendor's request without its files, and returns warnings on
// what the model does not support.
func (in EditInput) request(model string) (imageRequest, []string) {
	notes := &provider.Notes{Model: model}
	r := in.Options.request(notes)
	if notes.Takes("input_fidelity", in.InputFidelity != "", takesInputFidelity(model)) {
		r.InputFidelity = in.InputFidelity
	}
	notes.Takes("image_description", in.Description != "", false)
	return r, notes.Warnings()
}

func (o Options) request(notes *provider.Notes) imageRequest {
	gen := generationOf(notes.Model)
	r := imageRequest{Model: notes.Model, Prompt: o.Prompt, User: o.User, OutputFormat: o.format(gen)}
	if o.N > 1 {
		r.N = o.N
	}
	r.Size = o.size(gen, notes)
	r.Quality = o.quality(gen, notes)
	if o.Moderation == "low" {
		r.Moderation = o.Moderation
	}
	if o.Background == "opaque" || o.Background == "transparent" {
		r.Background = o.Background
	}
	if o.OutputFormat != "" && o.OutputFormat != r.OutputFormat {
		notes.Replaced("output_format "+o.OutputFormat, r.OutputFormat, "%s supports png, jpeg and webp", notes.Model)
	}
	switch {
	case o.OutputCompression == nil:
	case r.OutputFormat == "jpeg" || r.OutputFormat == "webp":
		r.OutputCompression = o.OutputCompression
	default:
		notes.Ignored("output_compression", "it applies to jpeg and webp only")
	}
	if notes.Takes("complexity", o.Complexity != "", gen >= gen26) {
		r.Complexity = o.Complexity
	}
	switch {
	case o.GIF == nil:
	case r.OutputFormat == "gif":
		r.GIF = o.GIF
	default:
		notes.Ignored("gif", "it needs output_format gif")
	}
	switch {
	case o.SVG == nil:
	case r.OutputFormat == "svg":
		r.SVG = o.SVG
	default:
		notes.Ignored("svg", "it needs output_format svg")
	}
	if o.ResponseFormat == "b64_json" {
		notes.Ignored("response_format b64_json", "the answer holds links")
	}
	return r
}

// format is the output format that is sent: png where the model does not
// support the one asked for.
func (o Options) format(gen generation) string {
	switch {
	case o.OutputFormat == "", (o.OutputFormat == "svg" || o.OutputFormat == "gif") && gen < gen26:
		return "png"
	}
	return o.OutputFormat
}

// size is the size that is sent: the nearest supported one where the model does
// not support the one asked for.
func (o Options) size(gen generation, notes *provider.Notes) string {
	width, height, ok := provider.ParseSize(o.Size)
	old := o.legacySize(o.format(gen))
	switch {
	case !ok:
		return "auto"
	case gen == gen1 && !slices.Contains(gen1Sizes, o.Size), old && gen < genNext:
		nearest := nearestGen1Size(width, height)
		notes.Rounded("size", o.Size, nearest)
		return nearest
	}
	return o.Size
}

// legacySize reports whether the size is one that the replaced service accepted
// and no current model supports; the frames of a GIF may be that small.
func (o Options) legacySize(format string) bool {
	return format != "gif" && (o.Size == "256x256" || o.Size == "512x512")
}

func (o Options) quality(gen generation, notes *provider.Notes) string {
	sent := o.Quality
	switch {
	case o.Quality == "":
		return "auto"
	case gen == genNext:
	case o.Quality == "standard":
		sent = "medium"
	case o.Quality == "hd", (o.Quality == "xhigh" || o.Quality == "max") && gen < gen25:
		sent = "high"
	}
	notes.Rounded("quality", o.Quality, sent)
	return sent
}
