package gpt

import (
	"slices"

	"aigc/app/provider"
	"aigc/modules/internal/openai"
)

// wire builds the vendor's request, and says what the model cannot honour.
func (in Generation) wire(model string) (openai.Generation, []string) {
	w := &provider.Notes{Model: model}
	body := in.Options.wire(w)
	w.Takes("style", in.Style != "", false)
	return body, w.Warnings()
}

// wire builds the vendor's request, and says what the model cannot honour.
func (in Edit) wire(model string) (openai.Generation, []string) {
	w := &provider.Notes{Model: model}
	body := in.Options.wire(w)
	if w.Takes("input_fidelity", in.InputFidelity != "", openai.Faithful(model)) {
		body.InputFidelity = in.InputFidelity
	}
	w.Takes("image_description", in.Description != "", false)
	return body, w.Warnings()
}

func (o Options) wire(w *provider.Notes) openai.Generation {
	gen := openai.GenOf(w.Model)
	g := openai.Generation{Model: w.Model, Prompt: o.Prompt, User: o.User, OutputFormat: o.format(gen)}
	if o.N > 1 {
		g.N = o.N
	}
	g.Size = o.size(gen, w)
	g.Quality = o.quality(gen, w)
	if o.Moderation == "low" {
		g.Moderation = o.Moderation
	}
	if o.Background == "opaque" || o.Background == "transparent" {
		g.Background = o.Background
	}
	if o.OutputFormat != "" && o.OutputFormat != g.OutputFormat {
		w.Replaced("output_format "+o.OutputFormat, g.OutputFormat, "%s supports png, jpeg and webp", w.Model)
	}
	switch {
	case o.OutputCompression == nil:
	case g.OutputFormat == "jpeg" || g.OutputFormat == "webp":
		g.OutputCompression = o.OutputCompression
	default:
		w.Ignored("output_compression", "it is for jpeg and webp")
	}
	if w.Takes("complexity", o.Complexity != "", gen >= openai.Gen26) {
		g.Complexity = o.Complexity
	}
	switch {
	case o.GIF == nil:
	case g.OutputFormat == "gif":
		g.GIF = o.GIF
	default:
		w.Ignored("gif", "the result is no gif")
	}
	switch {
	case o.SVG == nil:
	case g.OutputFormat == "svg":
		g.SVG = o.SVG
	default:
		w.Ignored("svg", "the result is no svg")
	}
	if o.ResponseFormat == "b64_json" {
		w.Ignored("response_format b64_json", "the answer holds links")
	}
	return g
}

// format is what the model will draw of what was asked for.
func (o Options) format(gen openai.Gen) string {
	switch {
	case o.OutputFormat == "", (o.OutputFormat == "svg" || o.OutputFormat == "gif") && gen < openai.Gen26:
		return "png"
	}
	return o.OutputFormat
}

// size brings what the model cannot draw to the nearest it can.
func (o Options) size(gen openai.Gen, w *provider.Notes) string {
	width, height, ok := openai.ParseSize(o.Size)
	old := o.oldSize(o.format(gen))
	switch {
	case !ok:
		return "auto"
	case gen == openai.Gen1 && !slices.Contains(openai.Sizes, o.Size), old && gen < openai.GenNext:
		near := openai.Nearest(width, height)
		w.Rounded("size", o.Size, near)
		return near
	}
	return o.Size
}

func (o Options) quality(gen openai.Gen, w *provider.Notes) string {
	became := o.Quality
	switch {
	case o.Quality == "":
		return "auto"
	case gen == openai.GenNext:
	case o.Quality == "standard":
		became = "medium"
	case o.Quality == "hd", (o.Quality == "xhigh" || o.Quality == "max") && gen < openai.Gen25:
		became = "high"
	}
	w.Rounded("quality", o.Quality, became)
	return became
}
