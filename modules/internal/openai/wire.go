package openai

import (
	"encoding/json"

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

// Frames is how many there will be; of no options, the default.
func (g *GIF) Frames() int {
	if g == nil || g.FrameCount == 0 {
		return DefaultFrames
	}
	return g.FrameCount
}

// SVG are the options of a vector result; models 2.6 only.
type SVG struct {
	Model string `json:"model,omitempty" maxLength:"100" doc:"text model that writes the SVG, billed extra"`
}

// fieldNames are those of a form, in the order they are sent.
var fieldNames = []string{
	"model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression",
	"moderation", "user", "complexity", "input_fidelity", "gif", "svg",
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
	for _, name := range fieldNames {
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

// answer is a whole 200. Without data it is none.
type answer struct {
	Data  *[]item         `json:"data"`
	Usage json.RawMessage `json:"usage"`
}

type item struct {
	B64           string `json:"b64_json,omitempty"`
	URL           string `json:"url,omitempty"`
	RevisedPrompt string `json:"revised_prompt,omitempty"`
}

type usage struct {
	Input         int    `json:"input_tokens"`
	Output        int    `json:"output_tokens"`
	Total         int    `json:"total_tokens"`
	InputDetails  tokens `json:"input_tokens_details"`
	OutputDetails tokens `json:"output_tokens_details"`
}

type tokens struct {
	Text  int `json:"text_tokens"`
	Image int `json:"image_tokens"`
}

// quantities are the tokens of an answer, as they are billed; none where the
// answer cannot be priced by them: without output, or with text that came out
// (the writer of an SVG is billed extra).
func (u usage) quantities() []provider.Quantity {
	text, image := u.InputDetails.Text, u.InputDetails.Image
	if text == 0 && image == 0 {
		text = u.Input
	}
	if u.Output <= 0 || text < 0 || image < 0 || u.OutputDetails.Text != 0 {
		return nil
	}
	return []provider.Quantity{
		{Unit: "input text token", N: int64(text)}, {Unit: "input image token", N: int64(image)}, {Unit: "output image token", N: int64(u.Output)},
	}
}
