package sandbox

import (
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// endpoint is the documentation of one endpoint, which serves one model.
type endpoint struct {
	model  string
	fields []sandbox.Field
	sizes  provider.SizeRule
	size   int  // side of the usual square, in pixels
	chat   bool // the prompt is in messages, and the answer in choices
}

func text(name string, most int, values ...string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Text, Required: true, MaxLen: most, Values: values}
}

// endpoints are the endpoints by the last part of their paths.
var endpoints = map[string]endpoint{
	"v3-generation": {
		model: "hy-image-v3", sizes: provider.SizeRule{MinSide: 512, MaxSide: 2048, MaxPixels: 1024 * 1024}, size: 1024,
		fields: []sandbox.Field{
			text("model", 0, "hy-image-v3"),
			text("prompt", 8192),
			{Name: "images", Kind: sandbox.List, MaxLen: 3, Item: &sandbox.Field{Kind: sandbox.Image}},
			{Name: "size", Kind: sandbox.Text},
			{Name: "seed", Kind: sandbox.Integer, Min: 1, Max: 4294967295},
			{Name: "footnote", Kind: sandbox.Text, MaxLen: 16},
			{Name: "revise", Kind: sandbox.Flag},
		},
	},
	"v35-generation": {
		model: "hy-image-v3.5-preview", sizes: provider.SizeRule{MinSide: 256, MaxSide: 8192, MaxPixels: 4096 * 4096}, size: 1536, chat: true,
		fields: []sandbox.Field{
			text("model", 0, "hy-image-v3.5-preview"),
			{Name: "messages", Kind: sandbox.List, Required: true, Fields: []sandbox.Field{
				text("role", 0, "system", "user", "assistant", "tool"),
				{Name: "content", Kind: sandbox.List, Required: true, Fields: []sandbox.Field{
					text("type", 0, "text", "image_url"),
					{Name: "text", Kind: sandbox.Text},
					{Name: "image_url", Kind: sandbox.Object, Fields: []sandbox.Field{{Name: "url", Kind: sandbox.Image, Required: true}}},
				}},
			}},
			{Name: "size", Kind: sandbox.Text},
			{Name: "generate_max_pixels", Kind: sandbox.Integer, Min: 65536, Max: 4096 * 4096},
		},
	},
}

// instruction is the text and the images of a request: of 3.5 those of the last message
// of the user.
func (e endpoint) instruction(b sandbox.Body) (prompt string, images []string) {
	if !e.chat {
		return b.Text("prompt"), b.Texts("images")
	}
	for _, m := range b.List("messages") {
		message, _ := m.(map[string]any)
		if sandbox.Body(message).Text("role") != "user" {
			continue
		}
		prompt, images = "", nil
		for _, p := range sandbox.Body(message).List("content") {
			part, _ := p.(map[string]any)
			prompt += sandbox.Body(part).Text("text")
			if url := sandbox.Body(part).Object("image_url").Text("url"); url != "" {
				images = append(images, url)
			}
		}
	}
	return prompt, images
}

// problem says what is wrong with a request; empty if it is valid.
func (e endpoint) problem(b sandbox.Body) string {
	if p := b.Problems(e.fields, ""); len(p) > 0 {
		return "invalid parameter '" + p[0].Field + "': " + p[0].Text
	}
	prompt, images := e.instruction(b)
	if strings.TrimSpace(prompt) == "" {
		return "invalid parameter 'prompt': is required"
	}
	if w, h, ok := provider.ParseSize(b.Text("size")); b.Has("size") && (!ok || strings.Contains(b.Text("size"), "*") || e.sizes.Check(w, h) != "") {
		return "invalid parameter 'size': must be WIDTHxHEIGHT within the limits of the model"
	}
	rule := provider.ImageRule{Who: "the model", Types: []string{"image/png", "image/jpeg"}, MaxBytes: 10 << 20}
	for _, text := range images {
		p, inline := sandbox.ReadPicture(text)
		if !inline {
			continue // a URL
		}
		if m := rule.Check(provider.Input{MIME: p.MIME, Size: int64(p.Size)}); m != "" || strings.HasPrefix(text, "data:") != e.chat {
			return "invalid parameter 'images': " + m
		}
	}
	return ""
}
