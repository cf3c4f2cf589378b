package ark

import (
	"encoding/json"

	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// request is the body of POST /images/generations. Pointers and omitempty
// matter: some models answer 400 to the mere presence of a field, even with the
// value false or "disabled".
type request struct {
	Model          string                      `json:"model"`
	Prompt         string                      `json:"prompt"`
	Images         images                      `json:"image,omitzero"`
	Size           string                      `json:"size,omitempty"`
	Seed           *int64                      `json:"seed,omitempty"`
	GuidanceScale  *float64                    `json:"guidance_scale,omitempty"`
	Watermark      *bool                       `json:"watermark,omitempty"`
	ResponseFormat string                      `json:"response_format,omitempty"`
	OutputFormat   string                      `json:"output_format,omitempty"`
	Sequential     string                      `json:"sequential_image_generation,omitempty"`
	SequentialOpts *seedream.SequentialOptions `json:"sequential_image_generation_options,omitempty"`
	Optimize       *seedream.OptimizeOptions   `json:"optimize_prompt_options,omitempty"`
	Tools          []seedream.Tool             `json:"tools,omitempty"`
	Background     string                      `json:"background,omitempty"`
	Layers         bool                        `json:"layer_decomposition,omitempty"`
}

// images are sent as a list, or as a single string: SeedEdit supports no list.
type images struct {
	list   []string
	single bool
}

// IsZero makes omitzero leave the field out.
func (p images) IsZero() bool { return len(p.list) == 0 }

// MarshalJSON implements [json.Marshaler].
func (p images) MarshalJSON() ([]byte, error) {
	if p.single {
		return json.Marshal(p.list[0])
	}
	return json.Marshal(p.list)
}

// answer is the body of a 200. Data is nil where it has no list of images.
type answer struct {
	Model provider.Text        `json:"model"`
	Data  provider.Items[item] `json:"data,omitempty"`
	Usage json.RawMessage      `json:"usage,omitempty"`
	Error *problem             `json:"error,omitempty"`
}

// item is an image, or the error of a missing image of a series.
type item struct {
	URL   string   `json:"url,omitempty"`
	B64   string   `json:"b64_json,omitempty"`
	Error *problem `json:"error,omitempty"`
	layer
}

// layer is the position of a layer within the decomposed image.
type layer struct {
	Z           json.RawMessage `json:"z_index,omitempty"`
	Box         json.RawMessage `json:"bounding_box,omitempty"`
	Name        provider.Text   `json:"name,omitempty"`
	Description provider.Text   `json:"description,omitempty"`
}

type usage struct {
	Generated provider.Int `json:"generated_images"`
}

// problem is an error: an object, or a text.
type problem struct {
	Code    provider.Text `json:"code"`
	Message provider.Text `json:"message"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *problem) UnmarshalJSON(data []byte) error {
	type object problem
	*p = problem{}
	_ = p.Message.UnmarshalJSON(data) // never an error
	if p.Message == "" {
		return provider.Unmarshal(data, (*object)(p))
	}
	return nil
}
