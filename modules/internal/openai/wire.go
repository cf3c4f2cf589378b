package openai

import (
	"encoding/json"
	"strconv"
	"strings"

	"aigc/app/provider"
)

// Generation is the body of POST /images/generations, and without its files
// that of /images/edits. Left out is left out: OpenAI answers 400 to a field
// that a model does not know.
type Generation struct {
	Model             string `json:"model"`
	Prompt            string `json:"prompt"`
	N                 int    `json:"n,omitempty"`
	Size              string `json:"size,omitempty"`
	Quality           string `json:"quality,omitempty"`
	Background        string `json:"background,omitempty"`
	OutputFormat      string `json:"output_format,omitempty"`
	OutputCompression *int   `json:"output_compression,omitempty"`
	Moderation        string `json:"moderation,omitempty"`
	User              string `json:"user,omitempty"`
	Complexity        string `json:"complexity,omitempty"`
	InputFidelity     string `json:"input_fidelity,omitempty"`
	GIF               *GIF   `json:"gif,omitempty"`
	SVG               *SVG   `json:"svg,omitempty"`
}

// GIF are the options of an animated result; models 2.6 only.
type GIF struct {
	FrameCount      int `json:"frame_count,omitempty" minimum:"2" maximum:"16" default:"9" doc:"frames; all of them share one sheet"`
	FrameDurationMS int `json:"frame_duration_ms,omitempty" minimum:"10" maximum:"10000" default:"200" doc:"how long each frame stands, in milliseconds"`
}

// SVG are the options of a vector result; models 2.6 only.
type SVG struct {
	Model string `json:"model,omitempty" maxLength:"100" doc:"text model that writes the SVG, billed extra"`
}

// fields writes the body as multipart fields.
func (g Generation) fields(f *provider.Form) error {
	raw, err := json.Marshal(g)
	if err != nil {
		return err
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	for _, name := range []string{"model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression", "moderation", "user", "complexity", "input_fidelity", "gif", "svg"} {
		v, ok := m[name]
		if !ok {
			continue
		}
		var text string
		if json.Unmarshal(v, &text) != nil {
			text = string(v)
		}
		f.Field(name, text)
	}
	return nil
}

type answer struct {
	Created int64 `json:"created"`
	Data    []struct {
		B64           string `json:"b64_json"`
		URL           string `json:"url"`
		RevisedPrompt string `json:"revised_prompt"`
	} `json:"data"`
	Usage json.RawMessage `json:"usage"`
}

type usage struct {
	Input        int `json:"input_tokens"`
	Output       int `json:"output_tokens"`
	InputDetails struct {
		Text   int `json:"text_tokens"`
		Image  int `json:"image_tokens"`
		Cached struct {
			Text  int `json:"text_tokens"`
			Image int `json:"image_tokens"`
		} `json:"cached_tokens_details"`
	} `json:"input_tokens_details"`
}

// List prices of gpt-image-2, 2.5 and 2.6 in US dollars for a million tokens
// (developers.openai.com, November 2026).
const (
	textIn   = 5.0
	imageIn  = 8.0
	imageOut = 30.0
)

// cost is what the tokens of an answer cost; nil where the model's price for
// a token is not known.
func (u usage) cost(model string) *provider.Money {
	if GenOf(model) < Gen2 || u.Output == 0 {
		return nil
	}
	text := u.InputDetails.Text
	if text+u.InputDetails.Image == 0 {
		text = u.Input
	}
	return provider.USD((float64(text)*textIn + float64(u.InputDetails.Image)*imageIn + float64(u.Output)*imageOut) / 1e6)
}

// ParseSize reads "WxH"; false for anything else, "auto" included.
func ParseSize(s string) (w, h int, ok bool) {
	left, right, _ := strings.Cut(s, "x")
	w, errW := strconv.Atoi(left)
	h, errH := strconv.Atoi(right)
	return w, h, errW == nil && errH == nil && w > 0 && h > 0
}
