package ark

import "aigc/app/provider"

// Input is the union over the models and the old service's fields. What a
// model cannot honour is left out and said.
type Input struct {
	Prompt         string             `json:"prompt" minLength:"1" maxLength:"10000" doc:"what the picture shall show; 300 Chinese characters or 600 English words are advised" example:"a paper boat on a rain puddle, macro"`
	Model          string             `json:"model,omitempty" maxLength:"100" doc:"model id or endpoint id (ep-…); see /api/models"`
	Image          provider.Image     `json:"image,omitempty" doc:"a picture to work from: URL, data URL, base64 or asset id"`
	Images         []provider.Image   `json:"images,omitempty" maxItems:"14" nullable:"false" doc:"further pictures to work from; 10 or 14 in all, by model"`
	N              int                `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"how many pictures; each is a purchase of its own"`
	Size           string             `json:"size,omitempty" pattern:"^([0-9]{2,5}x[0-9]{2,5}|1K|1\\.5K|2K|3K|4K|adaptive)$" patternDescription:"WIDTHxHEIGHT, 1K, 1.5K, 2K, 3K, 4K or adaptive" doc:"WIDTHxHEIGHT, or a tier that lets the prompt decide the shape"`
	AspectRatio    string             `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,21:9" doc:"shape of the picture; becomes a size of the tier in size, or of 2K"`
	Seed           *int64             `json:"seed,omitempty" minimum:"-1" maximum:"2147483647" doc:"honoured by the retired 3.0 models only"`
	GuidanceScale  *float64           `json:"guidance_scale,omitempty" minimum:"1" maximum:"10" doc:"honoured by the retired 3.0 models only"`
	CfgScale       *float64           `json:"cfg_scale,omitempty" minimum:"1" maximum:"20" doc:"old name of guidance_scale"`
	NegativePrompt string             `json:"negative_prompt,omitempty" maxLength:"2000" doc:"no model of today honours it"`
	Watermark      bool               `json:"watermark,omitempty" default:"false" doc:"a visible \"AI generated\" mark in the lower right"`
	OutputFormat   string             `json:"output_format,omitempty" enum:"png,jpeg" doc:"5.x models; older ones draw jpeg"`
	Sequential     string             `json:"sequential_image_generation,omitempty" enum:"auto,disabled" doc:"auto: one request may give a series, and each of its pictures is paid for; 4.0, 4.5 and 5.0 lite"`
	SequentialOpts *SequentialOptions `json:"sequential_image_generation_options,omitempty" doc:"with sequential_image_generation auto"`
	Optimize       *OptimizeOptions   `json:"optimize_prompt_options,omitempty" doc:"how the vendor rewrites the prompt; 4.0 and newer"`
	Tools          []Tool             `json:"tools,omitempty" maxItems:"1" nullable:"false" doc:"what the model may use; 5.0 lite"`
	Background     string             `json:"background,omitempty" enum:"auto,transparent,opaque" doc:"5.0 pro, flash and 5.5"`
	Layers         bool               `json:"layer_decomposition,omitempty" doc:"take one input picture apart into layers; where each belongs is in usage.layers; 5.0 pro, flash and 5.5"`
	ResponseFormat string             `json:"response_format,omitempty" enum:"url,b64_json" doc:"accepted for old clients; the answer always holds links"`
}

// pictures are all that the input names.
func (in Input) pictures() []provider.Image {
	var all []provider.Image
	if in.Image != "" {
		all = append(all, in.Image)
	}
	return append(all, in.Images...)
}

// sent are the pictures that a model is given: none, where it takes none.
func (in Input) sent(t Traits) []provider.Image {
	if t.MaxInputs == 0 {
		return nil
	}
	return in.pictures()
}
