package bfl

import "encoding/json"

// Request is the union of the models' bodies: what is zero or nil is left out,
// for FLUX.3 answers 422 to any field it does not know.
type Request struct {
	Prompt              string   `json:"prompt,omitempty"`
	Seed                *int64   `json:"seed,omitempty"`
	OutputFormat        string   `json:"output_format,omitempty"`
	SafetyTolerance     *int     `json:"safety_tolerance,omitempty"`
	PromptUpsampling    *bool    `json:"prompt_upsampling,omitempty"`
	Width               int      `json:"width,omitempty"`
	Height              int      `json:"height,omitempty"`
	AspectRatio         string   `json:"aspect_ratio,omitempty"`
	Resolution          string   `json:"resolution,omitempty"`
	Grounding           *bool    `json:"grounding,omitempty"`
	Raw                 *bool    `json:"raw,omitempty"`
	Steps               int      `json:"steps,omitempty"`
	Guidance            *float64 `json:"guidance,omitempty"`
	ImagePrompt         string   `json:"image_prompt,omitempty"`
	ImagePromptStrength *float64 `json:"image_prompt_strength,omitempty"`
	Images              []string `json:"images,omitempty"` // FLUX.3
	InputImage          string   `json:"input_image,omitempty"`
	InputImage2         string   `json:"input_image_2,omitempty"`
	InputImage3         string   `json:"input_image_3,omitempty"`
	InputImage4         string   `json:"input_image_4,omitempty"`
	InputImage5         string   `json:"input_image_5,omitempty"`
	InputImage6         string   `json:"input_image_6,omitempty"`
	InputImage7         string   `json:"input_image_7,omitempty"`
	InputImage8         string   `json:"input_image_8,omitempty"`
}

// SetInputs fills input_image, input_image_2 … with texts.
func (r *Request) SetInputs(texts []string) {
	slots := []*string{&r.InputImage, &r.InputImage2, &r.InputImage3, &r.InputImage4, &r.InputImage5, &r.InputImage6, &r.InputImage7, &r.InputImage8}
	for i, t := range texts {
		if i < len(slots) {
			*slots[i] = t
		}
	}
}

type submitted struct {
	ID         string   `json:"id"`
	PollingURL string   `json:"polling_url,omitempty"`
	Cost       *float64 `json:"cost"`
	InputMP    float64  `json:"input_mp"`
	OutputMP   float64  `json:"output_mp"`
}

type polled struct {
	ID       string          `json:"id"`
	Status   string          `json:"status"`
	Progress *float64        `json:"progress"`
	Details  json.RawMessage `json:"details"`
	Result   *result         `json:"result"`
}

type result struct {
	Sample string `json:"sample"`
	Prompt string `json:"prompt,omitempty"`
	Seed   *int64 `json:"seed,omitempty"`
}
