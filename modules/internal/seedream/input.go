package seedream

import "aigc/app/provider"

// Options are the fields that all verticals of the family share: the union over
// their models and the replaced service's fields. What a model does not support
// is not sent, and named in the warnings.
type Options struct {
	Prompt         string              `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the image, or the change to the input images; at most 300 Chinese characters or 600 English words are advised, Jimeng models take 800 characters" example:"a paper boat on a rain puddle, macro"`
	Model          string              `json:"model,omitempty" maxLength:"100" doc:"Model id or endpoint id (ep-…); see /api/models"`
	Image          provider.ImageRef   `json:"image,omitempty" doc:"Input image to edit or to work from"`
	Images         []provider.ImageRef `json:"images,omitempty" maxItems:"14" nullable:"false" doc:"Further input images; 1, 10 or 14 in all, by model"`
	N              int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is a purchase of its own"`
	Size           string              `json:"size,omitempty" pattern:"^([0-9]{2,5}x[0-9]{2,5}|1K|1\\.5K|2K|3K|4K|adaptive)$" patternDescription:"WIDTHxHEIGHT, 1K, 1.5K, 2K, 3K, 4K or adaptive" doc:"WIDTHxHEIGHT in pixels, or a tier that lets the prompt decide the shape"`
	AspectRatio    string              `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,21:9" doc:"Shape of the image; becomes a size of the tier in size, or of the model's usual one"`
	Seed           *int64              `json:"seed,omitempty" minimum:"-1" maximum:"2147483647" doc:"The same seed and input give a similar image; -1 is random. Jimeng 3.x, SeedEdit and the retired 3.0 models of Ark"`
	GuidanceScale  *float64            `json:"guidance_scale,omitempty" minimum:"1" maximum:"10" doc:"How closely to follow the prompt; the retired 3.0 models of Ark"`
	CfgScale       *float64            `json:"cfg_scale,omitempty" minimum:"1" maximum:"20" doc:"Old name of guidance_scale"`
	NegativePrompt string              `json:"negative_prompt,omitempty" maxLength:"2000" doc:"Accepted for old clients: no model of today supports it"`
	OutputFormat   string              `json:"output_format,omitempty" enum:"png,jpeg" doc:"Ark's 5.x models; its older ones make JPEG"`
	Sequential     string              `json:"sequential_image_generation,omitempty" enum:"auto,disabled" doc:"auto: one request may give a series, and each of its images is paid for; 4.0, 4.5, 4.6 and 5.0 lite"`
	SequentialOpts *SequentialOptions  `json:"sequential_image_generation_options,omitempty" doc:"With sequential_image_generation auto; Ark's models"`
	Optimize       *OptimizeOptions    `json:"optimize_prompt_options,omitempty" doc:"How the vendor rewrites the prompt; Ark's models from 4.0 on"`
	Tools          []Tool              `json:"tools,omitempty" maxItems:"1" nullable:"false" doc:"What the model may use; 5.0 lite"`
	Background     string              `json:"background,omitempty" enum:"auto,transparent,opaque" doc:"5.0 pro, flash and 5.5"`
	Layers         bool                `json:"layer_decomposition,omitempty" doc:"Take one input image apart into layers; where each belongs is in usage.layers; 5.0 pro, flash and 5.5"`
	ResponseFormat string              `json:"response_format,omitempty" enum:"url,b64_json" doc:"Accepted for old clients; the answer always holds links"`
}

// SequentialOptions limit a series of images; 4.0, 4.5 and 5.0 lite.
type SequentialOptions struct {
	MaxImages int `json:"max_images,omitempty" minimum:"1" maximum:"15" doc:"Most images that a series may have; 15 together with the input images"`
}

// Tool is something that the model may use; 5.0 lite.
type Tool struct {
	Type string `json:"type" enum:"web_search" doc:"web_search: the model may look things up"`
}

// OptimizeOptions say how the vendor rewrites a prompt; 4.0 and newer.
type OptimizeOptions struct {
	Mode     string `json:"mode,omitempty" enum:"standard,fast" doc:"fast: 4.0 and 5.0 pro"`
	Thinking string `json:"thinking,omitempty" enum:"auto,enabled,disabled" doc:"Whether the model thinks first"`
}

// Jimeng are the fields of the Jimeng models alone, which Volcengine's access
// keys serve.
type Jimeng struct {
	MinRatio  float64 `json:"min_ratio,omitempty" minimum:"0.0625" maximum:"16" doc:"Least width by height that the model may choose; Jimeng 4.x, 1/3 by default"`
	MaxRatio  float64 `json:"max_ratio,omitempty" minimum:"0.0625" maximum:"16" doc:"Greatest width by height that the model may choose; Jimeng 4.x, 3 by default"`
	UsePreLLM *bool   `json:"use_pre_llm,omitempty" doc:"Let the vendor write the prompt out; Jimeng 3.x, on by default"`
	Logo      *Logo   `json:"logo_info,omitempty" doc:"How the watermark looks; Jimeng models with watermark true"`
}

// Logo is how the visible mark of a Jimeng image looks.
type Logo struct {
	Position *int     `json:"position,omitempty" minimum:"0" maximum:"3" doc:"Corner of the image, by the vendor's number"`
	Language *int     `json:"language,omitempty" minimum:"0" maximum:"1" doc:"0 Chinese, 1 English"`
	Opacity  *float64 `json:"opacity,omitempty" doc:"Opacity of the mark"`
	Text     string   `json:"logo_text_content,omitempty" maxLength:"200" doc:"Text of the mark"`
}
