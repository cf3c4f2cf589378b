package gpt

import (
	"fmt"
	"slices"

	"aigc/modules/internal/openai"
)

// wire builds the vendor's request, and says what the model cannot honour.
func (in Generation) wire(model string) (openai.Generation, []string) {
	body, warnings := in.Options.wire(model)
	if in.Style != "" {
		warnings = append(warnings, leftOut("style", model))
	}
	return body, warnings
}

// wire builds the vendor's request, and says what the model cannot honour.
func (in Edit) wire(model string) (openai.Generation, []string) {
	body, warnings := in.Options.wire(model)
	if in.InputFidelity != "" {
		if model == "gpt-image-1.5" {
			body.InputFidelity = in.InputFidelity
		} else {
			warnings = append(warnings, leftOut("input_fidelity", model))
		}
	}
	return body, warnings
}

func leftOut(field, model string) string {
	return fmt.Sprintf("%s was left out: %s does not take it.", field, model)
}

func (o Options) wire(model string) (openai.Generation, []string) {
	var warnings []string
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	gen := openai.GenOf(model)
	g := openai.Generation{Model: model, Prompt: o.Prompt, User: o.User}
	if o.N > 1 {
		g.N = o.N
	}
	g.Size = o.size(gen, warn)
	g.Quality = o.quality(gen, model, warn)
	if o.Moderation == "low" {
		g.Moderation = o.Moderation
	}
	if o.Background == "opaque" || o.Background == "transparent" {
		g.Background = o.Background
	}
	g.OutputFormat = o.OutputFormat
	if vector := o.OutputFormat == "svg" || o.OutputFormat == "gif"; vector && gen < openai.Gen26 {
		g.OutputFormat = "png"
		warn("output_format %s was left out: %s draws png, jpeg and webp.", o.OutputFormat, model)
	}
	if o.OutputCompression != nil {
		if g.OutputFormat == "jpeg" || g.OutputFormat == "webp" {
			g.OutputCompression = o.OutputCompression
		} else {
			warn("output_compression was left out: it is for jpeg and webp.")
		}
	}
	if o.Complexity != "" {
		if gen >= openai.Gen26 {
			g.Complexity = o.Complexity
		} else {
			warn("%s", leftOut("complexity", model))
		}
	}
	if o.GIF != nil {
		if g.OutputFormat == "gif" {
			g.GIF = o.GIF
		} else {
			warn("gif was left out: the output is no gif.")
		}
	}
	if o.SVG != nil {
		if g.OutputFormat == "svg" {
			g.SVG = o.SVG
		} else {
			warn("svg was left out: the output is no svg.")
		}
	}
	return g, warnings
}

// size brings what the model cannot draw to the nearest it can.
func (o Options) size(gen openai.Gen, warn func(string, ...any)) string {
	w, h, ok := openai.ParseSize(o.Size)
	switch {
	case !ok:
		return "auto"
	case gen == openai.Gen1 && !slices.Contains(openai.Sizes, o.Size), slices.Contains(oldSizes, o.Size):
		near := openai.Nearest(w, h)
		warn("size %s became %s, the nearest that the model draws.", o.Size, near)
		return near
	}
	return o.Size
}

func (o Options) quality(gen openai.Gen, model string, warn func(string, ...any)) string {
	switch o.Quality {
	case "standard":
		warn("quality standard became medium.")
		return "medium"
	case "hd":
		warn("quality hd became high.")
		return "high"
	case "xhigh", "max":
		if gen < openai.Gen25 {
			warn("quality %s became high, the best of %s.", o.Quality, model)
			return "high"
		}
	case "":
		return "auto"
	}
	return o.Quality
}
