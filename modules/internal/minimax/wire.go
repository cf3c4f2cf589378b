package minimax

import (
	"encoding/json"
	"slices"

	"aigc/app/provider"
)

// request is the union of the bodies of both APIs. Fields that do not belong to the
// model are left empty.
type request struct {
	Model          string `json:"model"`
	Prompt         string `json:"prompt"`
	N              int    `json:"n"`
	AspectRatio    string `json:"aspect_ratio,omitempty"`
	ResponseFormat string `json:"response_format"`

	// image-01
	Width           int               `json:"width,omitempty"`
	Height          int               `json:"height,omitempty"`
	Seed            *int64            `json:"seed,omitempty"`
	PromptOptimizer *bool             `json:"prompt_optimizer,omitempty"`
	Watermark       *bool             `json:"aigc_watermark,omitempty"`
	Subjects        []subject         `json:"subject_reference,omitempty"`
	Style           map[string]string `json:"style,omitempty"`

	// MiniMax-H3-Image
	Images                []string `json:"images,omitempty"`
	Size                  string   `json:"size,omitempty"`
	Area                  string   `json:"area,omitempty"`
	DisablePromptEnhanced *bool    `json:"disable_prompt_enhanced,omitempty"`
	OutputFormat          string   `json:"output_format,omitempty"`
}

// subject is a person that appears in the image.
type subject struct {
	Type  string `json:"type"` // character
	Image string `json:"image_file"`
}

// setImages sets the field in which the model receives its images. texts are data
// URLs, or placeholders of them.
func (r *request) setImages(can capabilities, texts []string) {
	if can.H3 {
		r.Images = texts
		return
	}
	for _, text := range texts {
		r.Subjects = append(r.Subjects, subject{Type: "character", Image: text})
	}
}

// answer is the union of the answers of both APIs, errors included. Counts and codes
// are numbers or strings.
type answer struct {
	ID       provider.Text   `json:"id"`
	Data     json.RawMessage `json:"data"` // an object of image-01, a list of H3
	Usage    json.RawMessage `json:"usage"`
	Metadata struct {
		Succeeded provider.Text `json:"success_count"`
	} `json:"metadata"`
	Base struct {
		Code    provider.Text `json:"status_code"`
		Message provider.Text `json:"status_msg"`
	} `json:"base_resp"`
	Error problem `json:"error"`
}

// problem is an error in OpenAI's shape.
type problem struct {
	Code    provider.Text `json:"code"`
	Type    provider.Text `json:"type"`
	Message provider.Text `json:"message"`
}

// results are the images of an answer of either API, as URLs or base64.
func (w answer) results() (out []provider.Result) {
	var list []struct {
		URL string `json:"url"`
		B64 string `json:"b64_json"`
	}
	var lists struct {
		URLs   provider.Items[string] `json:"image_urls"`
		Base64 provider.Items[string] `json:"image_base64"`
	}
	_ = provider.Unmarshal(w.Data, &list) // an answer has one of the two shapes
	_ = provider.Unmarshal(w.Data, &lists)
	for _, i := range list {
		out = append(out, provider.Result{URL: i.URL, Base64: i.B64})
	}
	for _, url := range lists.URLs {
		out = append(out, provider.Result{URL: url})
	}
	for _, text := range lists.Base64 {
		out = append(out, provider.Result{Base64: text})
	}
	return slices.DeleteFunc(out, func(r provider.Result) bool { return r == provider.Result{} })
}
