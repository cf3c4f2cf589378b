package openai

import (
	"encoding/json"
	"maps"
	"slices"

	"aigc/app/provider"
)

// imageRequest is the body of POST /images/generations, and the text fields of
// POST /images/edits. Empty fields are left out: OpenAI answers 400 to a field
// that the model does not support.
type imageRequest struct {
	Model             string `json:"model,omitempty"` // empty where the path decides it
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

// GIF are the options of an animated image; models 2.6 only.
type GIF struct {
	FrameCount      int `json:"frame_count,omitempty" minimum:"2" maximum:"16" default:"9" doc:"Number of frames; all of them share one sheet, so more frames are smaller"`
	FrameDurationMS int `json:"frame_duration_ms,omitempty" minimum:"10" maximum:"10000" default:"200" doc:"Duration of a frame in milliseconds"`
}

// frames is the number of frames; without options, the default.
func (g *GIF) frames() int {
	if g == nil || g.FrameCount == 0 {
		return defaultFrames
	}
	return g.FrameCount
}

// SVG are the options of a vector image; models 2.6 only.
type SVG struct {
	Model string `json:"model,omitempty" maxLength:"100" doc:"Text model that writes the SVG; billed extra"`
}

// fieldNames are the text fields of a form, in the order in which they are sent.
var fieldNames = []string{
	"model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression",
	"moderation", "user", "complexity", "input_fidelity", "gif", "svg",
}

// fields adds the request to a multipart form.
func (r imageRequest) fields(f *provider.Form) error {
	raw, err := json.Marshal(r)
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

// answer is the body of a 200. Data is nil where it has no list of images.
type answer struct {
	Data  provider.Items[item] `json:"data"`
	Usage json.RawMessage      `json:"usage"`
	filters
}

// filters are what the content filters of Azure OpenAI found, in an answer or in each of
// its images.
type filters struct {
	Content json.RawMessage `json:"content_filter_results,omitempty"`
	Prompt  json.RawMessage `json:"prompt_filter_results,omitempty"`
}

// usageWithFilters is the usage with the findings of content filters, if there are any:
// those of the answer, else a list of those of its images.
func (w answer) usageWithFilters() json.RawMessage {
	found := map[string]any{}
	add := func(name string, whole json.RawMessage, each func(item) json.RawMessage) {
		list := make([]json.RawMessage, len(w.Data))
		for i, d := range w.Data {
			list[i] = each(d)
		}
		switch {
		case isSet(whole):
			found[name] = whole
		case slices.ContainsFunc(list, isSet):
			found[name] = list
		}
	}
	add("content_filter_results", w.Content, func(d item) json.RawMessage { return d.Content })
	add("prompt_filter_results", w.Prompt, func(d item) json.RawMessage { return d.Prompt })
	usage := map[string]any{}
	if len(found) == 0 || isSet(w.Usage) && json.Unmarshal(w.Usage, &usage) != nil {
		return w.Usage
	}
	maps.Copy(usage, found)
	whole, err := json.Marshal(usage)
	if err != nil {
		return w.Usage
	}
	return whole
}

func isSet(v json.RawMessage) bool { return len(v) > 0 && string(v) != "null" }

type item struct {
	filters
	B64           string        `json:"b64_json,omitempty"`
	URL           string        `json:"url,omitempty"`
	RevisedPrompt provider.Text `json:"revised_prompt,omitempty"`
}

type usage struct {
	Input         provider.Int `json:"input_tokens"`
	Output        provider.Int `json:"output_tokens"`
	Total         provider.Int `json:"total_tokens"`
	InputDetails  tokens       `json:"input_tokens_details"`
	OutputDetails tokens       `json:"output_tokens_details"`
}

type tokens struct {
	Text  provider.Int `json:"text_tokens"`
	Image provider.Int `json:"image_tokens"`
}

// quantities are the billed tokens of an answer; none where the price list does
// not cover them: without output tokens, or with text output (the text model of
// an SVG is billed extra).
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
