package tokenhub

import (
	"encoding/json"

	"aigc/app/provider"
)

// request is the body of a generation: by 3.0 with a prompt, by 3.5 with messages.
type request struct {
	Model     string    `json:"model"`
	Prompt    string    `json:"prompt,omitempty"`
	Images    []string  `json:"images,omitempty"` // base64
	Messages  []message `json:"messages,omitempty"`
	Size      string    `json:"size,omitempty"` // WIDTHxHEIGHT
	MaxPixels int       `json:"generate_max_pixels,omitempty"`
	Seed      *int64    `json:"seed,omitempty"`
	Footnote  string    `json:"footnote,omitempty"`
	Revise    *bool     `json:"revise,omitempty"` // sent also when it is false
}

type message struct {
	Role    string `json:"role"`
	Content []part `json:"content"`
}

// part is a text or an image of a message.
type part struct {
	Type  string    `json:"type"`
	Text  string    `json:"text,omitempty"`
	Image *imageURL `json:"image_url,omitempty"`
}

type imageURL struct {
	URL string `json:"url"` // data URL
}

// answer is the body of a 200: of 3.0 with Data, of 3.5 with Choices. Either is read
// from any model, so that a paid image is not lost to a gateway's choice.
type answer struct {
	ID      provider.Text          `json:"id"`
	Data    provider.Items[item]   `json:"data"`
	Choices provider.Items[choice] `json:"choices"`
	Usage   json.RawMessage        `json:"usage"`
	Error   problem                `json:"error"`
}

type item struct {
	URL           string        `json:"url"`
	B64           string        `json:"b64_json"`
	RevisedPrompt provider.Text `json:"revised_prompt"`
}

type choice struct {
	Delta struct {
		Image item `json:"image"`
	} `json:"delta"`
}

// items are the images of an answer.
func (w answer) items() []item {
	all := w.Data
	for _, c := range w.Choices {
		all = append(all, c.Delta.Image)
	}
	return all
}

type problem struct {
	Code    provider.Text `json:"code"`
	Type    provider.Text `json:"type"`
	Message provider.Text `json:"message"`
}

func (p problem) vendorError() provider.VendorError {
	return provider.VendorError{Code: string(p.Code), Type: string(p.Type), Message: string(p.Message)}
}
