package openai

import (
	"aigc/app/provider"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// Values that the sheet lists.
var (
	qualities   = []string{"auto", "low", "medium", "high"}
	finer       = []string{"xhigh", "max"} // 2.5 and newer
	backgrounds = []string{"auto", "opaque", "transparent"}
	formats     = []string{"png", "jpeg", "webp"}
	drawnOrders = []string{"svg", "gif"} // 2.6
	moderations = []string{"auto", "low"}
	levels      = []string{"low", "medium", "high"}
	fidelities  = []string{"low", "high"}
)

// complaint is what the real service would say of a request; nil if nothing.
func (g imageRequest) complaint() *no {
	gen := generationOf(g.Model)
	switch {
	case g.Model == "":
		return invalid("model", "missing_required_parameter", "Missing required parameter: 'model'.")
	case g.Prompt == "":
		return invalid("prompt", "missing_required_parameter", "Missing required parameter: 'prompt'.")
	case !slices.Contains(imitated, g.Model):
		return invalid("model", "model_not_found", "The model does not exist or you do not have access to it.").as(http.StatusNotFound)
	case utf8.RuneCountInString(g.Prompt) > 32000:
		return invalid("prompt", "string_above_max_length", "Invalid 'prompt': string too long.")
	case g.N < 0 || g.N > 10:
		return invalid("n", "integer_above_max_value", "Invalid 'n': expected a value from 1 to 10.")
	}
	taken := qualities
	if gen >= gen25 {
		taken = slices.Concat(taken, finer)
	}
	pictures := formats
	if gen >= gen26 {
		pictures = slices.Concat(pictures, drawnOrders)
	}
	for _, v := range []struct {
		name, value string
		values      []string
		known       bool
	}{
		{"quality", g.Quality, taken, true},
		{"background", g.Background, backgrounds, true},
		{"output_format", g.OutputFormat, pictures, true},
		{"moderation", g.Moderation, moderations, true},
		{"complexity", g.Complexity, levels, gen >= gen26},
		{"input_fidelity", g.InputFidelity, fidelities, takesInputFidelity(g.Model)},
	} {
		switch {
		case v.value == "":
		case !v.known:
			return unknown(v.name)
		case !slices.Contains(v.values, v.value):
			return invalid(v.name, "invalid_value", fmt.Sprintf("Invalid value for '%s'. Supported values are: %v.", v.name, v.values))
		}
	}
	if bad := g.formatComplaint(gen); bad != nil {
		return bad
	}
	return g.sizeComplaint(gen)
}

func unknown(name string) *no {
	return invalid(name, "unknown_parameter", fmt.Sprintf("Unknown parameter: '%s'.", name))
}

// formatComplaint looks at what depends on the output format.
func (g imageRequest) formatComplaint(gen generation) *no {
	format := g.OutputFormat
	if format == "" {
		format = "png"
	}
	switch c := g.OutputCompression; {
	case c != nil && (*c < 0 || *c > 100):
		return invalid("output_compression", "invalid_value", "Invalid 'output_compression': expected a value from 0 to 100.")
	case c != nil && format != "jpeg" && format != "webp":
		return invalid("output_compression", "invalid_value", "output_compression is for jpeg and webp.")
	case g.Background == "transparent" && format != "png" && format != "webp":
		return invalid("background", "invalid_value", "Transparent background is for png and webp.")
	case (g.GIF != nil || g.SVG != nil) && gen < gen26:
		return unknown("gif")
	case g.GIF != nil && format != "gif", g.SVG != nil && format != "svg":
		return invalid("output_format", "invalid_value", "The options are not of this output format.")
	case g.GIF != nil && g.GIF.FrameCount != 0 && (g.GIF.FrameCount < 2 || g.GIF.FrameCount > 16):
		return invalid("gif.frame_count", "invalid_value", "Invalid 'gif.frame_count': expected a value from 2 to 16.")
	}
	return nil
}

func (g imageRequest) sizeComplaint(gen generation) *no {
	if g.Size == "" || g.Size == "auto" {
		return nil
	}
	w, h, ok := provider.ParseSize(g.Size)
	why := ""
	switch {
	case !ok:
		why = "expected 'auto' or WIDTHxHEIGHT"
	case gen == gen1 && !slices.Contains(gen1Sizes, g.Size):
		why = fmt.Sprintf("supported values are 'auto' and %v", gen1Sizes)
	case gen >= gen2 && g.OutputFormat == "gif":
		why = checkFrames(w, h, g.GIF.frames())
	case gen >= gen2:
		why = sizeRule.Check(w, h)
	}
	if why == "" {
		return nil
	}
	return invalid("size", "invalid_value", "Invalid size: "+why+".")
}
