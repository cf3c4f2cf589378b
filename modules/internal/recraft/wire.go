package recraft

import (
	"encoding/json"

	"aigc/app/provider"
)

// The endpoints.
const generations, imageToImage, inpaint = "/images/generations", "/images/imageToImage", "/images/inpaint"

// request is the body of all three endpoints. imageToImage and inpaint take no size.
type request struct {
	Prompt            string    `json:"prompt"`
	Model             string    `json:"model"`
	N                 int       `json:"n"`
	Size              string    `json:"size,omitempty"`
	Style             string    `json:"style,omitempty"`
	Substyle          string    `json:"substyle,omitempty"`
	StyleID           string    `json:"style_id,omitempty"`
	StyleReferences   []string  `json:"style_reference_urls,omitempty"`
	StyleMatch        string    `json:"style_match,omitempty"`
	NegativePrompt    string    `json:"negative_prompt,omitempty"`
	Image             string    `json:"image_url,omitempty"`
	Strength          *float64  `json:"strength,omitempty"`
	Mask              string    `json:"mask_url,omitempty"`
	Controls          *Controls `json:"controls,omitempty"`
	TextLayout        []TextBox `json:"text_layout,omitempty"`
	ResponseFormat    string    `json:"response_format"`
	ImageFormat       string    `json:"image_format,omitempty"`
	Seed              *int64    `json:"random_seed,omitempty"`
	Creativity        string    `json:"creativity,omitempty"`
	Upscale           string    `json:"upscale,omitempty"`
	BlockNSFW         bool      `json:"block_nsfw,omitempty"`
	CalculateFeatures bool      `json:"calculate_features,omitempty"`
	Expire            bool      `json:"expire,omitempty"`

	path       string              // of the endpoint
	references []provider.ImageRef // for StyleReferences
}

// answer is the body of a 200. Data is nil where it has no list of images.
type answer struct {
	Credits provider.Text        `json:"credits"` // spent on the request; 1000 are one US dollar
	StyleID provider.Text        `json:"style_id"`
	Data    provider.Items[item] `json:"data"`
}

type item struct {
	ID            provider.Text   `json:"image_id"`
	URL           string          `json:"url"`
	B64           string          `json:"b64_json"`
	RevisedPrompt provider.Text   `json:"revised_prompt"`
	StyleID       provider.Text   `json:"style_id"`
	Features      json.RawMessage `json:"features"`
}

// usage is what callers see of an answer beside its images.
type usage struct {
	Credits  *float64          `json:"credits,omitempty"`
	StyleID  string            `json:"style_id,omitempty"` // that was made of style references; it can be used again
	Features []json.RawMessage `json:"features,omitempty"` // of each image, as asked by calculate_features
}
