package ark

import "encoding/json"

// request is the body of POST /images/generations. Pointers and omitempty
// matter: some models answer 400 to a field that is there at all, even as
// false or "disabled".
type request struct {
	Model          string             `json:"model"`
	Prompt         string             `json:"prompt"`
	Images         pictures           `json:"image,omitzero"`
	Size           string             `json:"size,omitempty"`
	Seed           *int64             `json:"seed,omitempty"`
	GuidanceScale  *float64           `json:"guidance_scale,omitempty"`
	Watermark      *bool              `json:"watermark,omitempty"`
	ResponseFormat string             `json:"response_format,omitempty"`
	OutputFormat   string             `json:"output_format,omitempty"`
	Sequential     string             `json:"sequential_image_generation,omitempty"`
	SequentialOpts *SequentialOptions `json:"sequential_image_generation_options,omitempty"`
	Optimize       *OptimizeOptions   `json:"optimize_prompt_options,omitempty"`
	Tools          []Tool             `json:"tools,omitempty"`
	Background     string             `json:"background,omitempty"`
	Layers         bool               `json:"layer_decomposition,omitempty"`
}

// pictures are a list, or one alone: SeedEdit knows no list.
type pictures struct {
	list  []string
	alone bool
}

// IsZero leaves the field out.
func (p pictures) IsZero() bool { return len(p.list) == 0 }

// MarshalJSON implements [json.Marshaler].
func (p pictures) MarshalJSON() ([]byte, error) {
	if p.alone {
		return json.Marshal(p.list[0])
	}
	return json.Marshal(p.list)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *pictures) UnmarshalJSON(data []byte) error {
	var one string
	if p.alone = json.Unmarshal(data, &one) == nil; p.alone {
		p.list = []string{one}
		return nil
	}
	return json.Unmarshal(data, &p.list)
}

// SequentialOptions limit a series of pictures; 4.0, 4.5 and 5.0 lite.
type SequentialOptions struct {
	MaxImages int `json:"max_images,omitempty" minimum:"1" maximum:"15" doc:"the most that a series may have; 15 together with the input pictures"`
}

// Tool is something that the model may use; 5.0 lite.
type Tool struct {
	Type string `json:"type" enum:"web_search" doc:"web_search: the model may look things up"`
}

// OptimizeOptions say how the vendor rewrites a prompt; 4.0 and newer.
type OptimizeOptions struct {
	Mode     string `json:"mode,omitempty" enum:"standard,fast" doc:"fast: 4.0 and 5.0 pro"`
	Thinking string `json:"thinking,omitempty" enum:"auto,enabled,disabled" doc:"whether the model thinks first"`
}

// answer is a 200. Without data or an error it is none.
type answer struct {
	Model   string          `json:"model"`
	Created int64           `json:"created,omitempty"`
	Data    *[]item         `json:"data,omitempty"`
	Usage   json.RawMessage `json:"usage,omitempty"`
	Error   *problem        `json:"error,omitempty"`
}

// item is a picture, or why one of a series is missing.
type item struct {
	URL   string   `json:"url,omitempty"`
	B64   string   `json:"b64_json,omitempty"`
	Size  string   `json:"size,omitempty"`
	Error *problem `json:"error,omitempty"`
	layer
}

// layer is where a picture belongs that was taken out of another.
type layer struct {
	Z           json.RawMessage `json:"z_index,omitempty"`
	Box         json.RawMessage `json:"bounding_box,omitempty"`
	Name        string          `json:"name,omitempty"`
	Description string          `json:"description,omitempty"`
}

type usage struct {
	Generated int `json:"generated_images"`
	Input     int `json:"input_images,omitempty"`
	Output    int `json:"output_tokens"`
	Total     int `json:"total_tokens"`
}

type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
	Type    string `json:"type,omitempty"`
}
