package gpt

import (
	"fmt"
	"slices"

	"aigc/modules/internal/openai"
)

// wire builds the vendor's request, and says what the model cannot honour.
func (in Generation) wire(model string) (openai.Generation, []string) {
	w := writer{model: model}
	body := in.Options.wire(&w)
	w.takes("style", in.Style != "", false)
	return body, w.warnings
}

// wire builds the vendor's request, and says what the model cannot honour.
func (in Edit) wire(model string) (openai.Generation, []string) {
	w := writer{model: model}
	body := in.Options.wire(&w)
	if w.takes("input_fidelity", in.InputFidelity != "", openai.Faithful(model)) {
		body.InputFidelity = in.InputFidelity
	}
	w.takes("image_description", in.Description != "", false)
	return body, w.warnings
}

func (o Options) wire(w *writer) openai.Generation {
	gen := openai.GenOf(w.model)
	g := openai.Generation{Model: w.model, Prompt: o.Prompt, User: o.User, OutputFormat: o.format(gen)}
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
		w.say("output_format %s became %s: %s draws png, jpeg and webp.", o.OutputFormat, g.OutputFormat, w.model)
	}
	switch {
	case o.OutputCompression == nil:
	case g.OutputFormat == "jpeg" || g.OutputFormat == "webp":
		g.OutputCompression = o.OutputCompression
	default:
		w.say("output_compression was left out: it is for jpeg and webp.")
	}
	if w.takes("complexity", o.Complexity != "", gen >= openai.Gen26) {
		g.Complexity = o.Complexity
	}
	switch {
	case o.GIF == nil:
	case g.OutputFormat == "gif":
		g.GIF = o.GIF
	default:
		w.say("gif was left out: the result is no gif.")
	}
	switch {
	case o.SVG == nil:
	case g.OutputFormat == "svg":
		g.SVG = o.SVG
	default:
		w.say("svg was left out: the result is no svg.")
	}
	if o.ResponseFormat == "b64_json" {
		w.say("response_format b64_json was left out: the answer holds links.")
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
func (o Options) size(gen openai.Gen, w *writer) string {
	width, height, ok := openai.ParseSize(o.Size)
	old := o.oldSize(o.format(gen))
	switch {
	case !ok:
		return "auto"
	case gen == openai.Gen1 && !slices.Contains(openai.Sizes, o.Size), old && gen < openai.GenNext:
		near := openai.Nearest(width, height)
		w.say("size %s became %s, the nearest that %s draws.", o.Size, near, w.model)
		return near
	}
	return o.Size
}

func (o Options) quality(gen openai.Gen, w *writer) string {
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
	if became != o.Quality {
		w.say("quality %s became %s, the nearest of %s.", o.Quality, became, w.model)
	}
	return became
}

// writer notes what a model cannot honour.
type writer struct {
	model    string
	warnings []string
}

func (w *writer) say(format string, args ...any) {
	w.warnings = append(w.warnings, fmt.Sprintf(format, args...))
}

// takes says whether a field that was given is sent on.
func (w *writer) takes(field string, given, honoured bool) bool {
	if given && !honoured {
		w.say("%s was left out: %s does not take it.", field, w.model)
	}
	return given && honoured
}
