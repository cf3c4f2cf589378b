package aggregator

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"aigc/app/provider"
)

// imageRule is the form of input images in JSON. The limits are the host's.
var imageRule = provider.ImageRule{Field: "image", Who: "The aggregator", DataURL: true}

// isOpenAI reports whether a model is one of OpenAI's, whatever prefix or suffix the host
// adds: those models answer 400 to a field that they do not know.
func isOpenAI(model string) bool { return isGPT(model) || isDALLE(model) }

func isGPT(model string) bool   { return strings.Contains(strings.ToLower(model), "gpt-image") }
func isDALLE(model string) bool { return strings.Contains(strings.ToLower(model), "dall-e") }

// openAIFields are fields of OpenAI's dialect that are not in the common vocabulary.
var openAIFields = []string{"moderation", "output_compression", "input_fidelity", "user"}

// fields are the fields of a request for images, without its files, and the warnings.
// What OpenAI's dialect has is sent under its name. Other fields are sent to models that
// are not OpenAI's, with a warning, since most hosts drop what they do not know.
func fields(c provider.Common, model string) (map[string]any, []string) {
	notes := &provider.Notes{Model: model}
	f := map[string]any{"model": model, "prompt": c.Prompt}
	set := func(name, value string) {
		if value != "" && value != "auto" {
			f[name] = value
		}
	}
	if c.N > 1 {
		f["n"] = c.N
	}
	set("size", size(c, model))
	set("quality", quality(c.Quality, notes))
	if notes.Takes("style", c.Style != "", !isGPT(model)) {
		set("style", c.Style)
	}
	set("background", c.Background)
	if png := c.OutputFormat == "png" || c.OutputFormat == ""; notes.Takes("output_format", !png || !isDALLE(model), !isDALLE(model)) {
		set("output_format", c.OutputFormat)
	}
	own := isOpenAI(model)
	if !own {
		f["response_format"] = "url" // OpenAI's current models refuse the field
	}
	if c.Watermark != nil && notes.Takes("watermark", *c.Watermark || !own, !own) {
		f["watermark"] = *c.Watermark
	}
	further := map[string]any{}
	maps.Copy(further, c.Other)
	if c.Seed != nil {
		further["seed"] = *c.Seed
	}
	if c.NegativePrompt != "" {
		further["negative_prompt"] = c.NegativePrompt
	}
	if c.AspectRatio != "" && !own {
		further["aspect_ratio"] = c.AspectRatio
	}
	var doubtful []string
	for _, name := range slices.Sorted(maps.Keys(further)) {
		known := slices.Contains(openAIFields, name)
		if notes.Takes(name, true, !own || known) {
			f[name] = further[name]
			if !known {
				doubtful = append(doubtful, name)
			}
		}
	}
	if len(doubtful) > 0 {
		notes.Say("The aggregator may ignore %s.", strings.Join(doubtful, ", "))
	}
	return f, notes.Warnings()
}

// quality is the quality of the request. The GPT image models refuse the words of DALL·E,
// which the replaced service accepted.
func quality(requested string, notes *provider.Notes) string {
	sent := requested
	if today, old := map[string]string{"standard": "medium", "hd": "high"}[requested]; old && isGPT(notes.Model) {
		sent = today
	}
	notes.Rounded("quality", requested, sent)
	return sent
}

// openAISizes are the sizes that every model of OpenAI supports.
var openAISizes = []string{"1024x1024", "1536x1024", "1024x1536"}

// size is the size of the request, or one with the requested aspect ratio: of about a
// million pixels, and of four for Seedream, of which several models refuse less.
func size(c provider.Common, model string) string {
	ratio, ok := provider.ParseRatio(c.AspectRatio)
	switch {
	case c.Size != "" || !ok:
		return c.Size
	case isOpenAI(model):
		return provider.Nearest(openAISizes, func(s string) float64 { r, _ := provider.ShapeOf(s); return r }, ratio)
	}
	area := 1 << 20
	if strings.Contains(strings.ToLower(model), "seedream") {
		area = 1 << 22
	}
	return provider.FormatSize(provider.Sides(ratio, area, 16, 0))
}

// form writes the fields into a multipart form, in the order of their names.
func form(f map[string]any) *provider.Form {
	out := provider.NewForm()
	for _, name := range slices.Sorted(maps.Keys(f)) {
		text, isText := f[name].(string)
		if !isText {
			raw, _ := json.Marshal(f[name]) // decoded from JSON, or a plain number
			text = string(raw)
		}
		out.Field(name, text)
	}
	return out
}

// pixels are the sides of a video.
func pixels(c provider.Common) (w, h int) {
	height := map[string]int{"1080p": 1080, "4k": 2160}[c.Resolution]
	height = cmp.Or(height, 720)
	w, h = height*16/9, height
	if r, ok := provider.ParseRatio(c.AspectRatio); ok && r < 1 {
		w, h = h, w
	}
	return w, h
}
