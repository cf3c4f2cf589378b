package seedream

import "aigc/app/provider"

// Options are the fields that all verticals share: the union of what their models
// support and of the replaced service's fields. A field that the selected model
// does not support is not sent, and a warning names it; an image is refused.
type Options struct {
	Prompt         string              `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the image, or the change to the input images; at most 300 Chinese characters or 600 English words are advised, Jimeng models take 800 characters" example:"a paper boat on a rain puddle, macro"`
	Model          string              `json:"model,omitempty" maxLength:"100" doc:"Model id or endpoint id (ep-…); see /api/models"`
	Image          provider.ImageRef   `json:"image,omitempty" doc:"Input image"`
	Images         []provider.ImageRef `json:"images,omitempty" maxItems:"14" nullable:"false" doc:"Further input images; at most 1, 10 or 14 in all, depending on the model"`
	N              int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is submitted and billed separately"`
	Size           string              `json:"size,omitempty" pattern:"^([0-9]{2,5}x[0-9]{2,5}|1K|1\\.5K|2K|3K|4K|adaptive)$" patternDescription:"WIDTHxHEIGHT, 1K, 1.5K, 2K, 3K, 4K or adaptive" doc:"WIDTHxHEIGHT in pixels, or a tier such as 2K, with which the model chooses the aspect ratio from the prompt"`
	AspectRatio    string              `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,21:9" doc:"Aspect ratio of the image; sent as width and height of the tier in size, or of the model's default tier"`
	Seed           *int64              `json:"seed,omitempty" minimum:"-1" maximum:"2147483647" doc:"Random seed: the same seed and input give a similar image; -1 is random. Jimeng 3.x, SeedEdit and the retired 3.0 models of Ark"`
	GuidanceScale  *float64            `json:"guidance_scale,omitempty" minimum:"1" maximum:"10" doc:"How closely the image follows the prompt; the retired 3.0 models of Ark"`
	CfgScale       *float64            `json:"cfg_scale,omitempty" minimum:"1" maximum:"20" doc:"Old name of guidance_scale"`
	NegativePrompt string              `json:"negative_prompt,omitempty" maxLength:"2000" doc:"Ignored: no current model supports it"`
	OutputFormat   string              `json:"output_format,omitempty" enum:"png,jpeg" doc:"File format of the image. Ark's 5.x models; older ones make JPEG"`
	Sequential     string              `json:"sequential_image_generation,omitempty" enum:"auto,disabled" doc:"auto: one request may give a series of images, each of which is billed; 4.0, 4.5, 4.6 and 5.0 lite"`
	SequentialOpts *SequentialOptions  `json:"sequential_image_generation_options,omitempty" doc:"Options of sequential_image_generation auto; Ark's models"`
	Optimize       *OptimizeOptions    `json:"optimize_prompt_options,omitempty" doc:"How the vendor rewrites the prompt; Ark's models from 4.0 on"`
	Tools          []Tool              `json:"tools,omitempty" maxItems:"1" nullable:"false" doc:"Tools that the model may use; 5.0 lite"`
	Background     string              `json:"background,omitempty" enum:"auto,transparent,opaque" doc:"Background of the image; 5.0 pro, flash and 5.5"`
	Layers         bool                `json:"layer_decomposition,omitempty" doc:"Split one input image into layers, whose positions are in usage.layers; 5.0 pro, flash and 5.5"`
	ResponseFormat string              `json:"response_format,omitempty" enum:"url,b64_json" doc:"For old clients; the answer always holds links"`
}

// SequentialOptions limit a series of images; 4.0, 4.5 and 5.0 lite.
type SequentialOptions struct {
	MaxImages int `json:"max_images,omitempty" minimum:"1" maximum:"15" doc:"Maximum number of images of the series; at most 15 together with the input images"`
}

// Tool is a tool that the model may use; 5.0 lite.
type Tool struct {
	Type string `json:"type" enum:"web_search" doc:"web_search: the model may search the web"`
}

// OptimizeOptions say how the vendor rewrites a prompt; 4.0 and newer.
type OptimizeOptions struct {
	Mode     string `json:"mode,omitempty" enum:"standard,fast" doc:"Mode of the rewriting; fast: 4.0 and 5.0 pro"`
	Thinking string `json:"thinking,omitempty" enum:"auto,enabled,disabled" doc:"Whether the model reasons before it generates"`
}

// Jimeng are the fields that only the models of the vendor Jimeng support.
type Jimeng struct {
	MinRatio  float64 `json:"min_ratio,omitempty" minimum:"0.0625" maximum:"16" doc:"Minimum ratio of width to height that the model may choose; Jimeng 4.x, 1/3 by default"`
	MaxRatio  float64 `json:"max_ratio,omitempty" minimum:"0.0625" maximum:"16" doc:"Maximum ratio of width to height that the model may choose; Jimeng 4.x, 3 by default"`
	UsePreLLM *bool   `json:"use_pre_llm,omitempty" doc:"Let the vendor expand the prompt; Jimeng 3.x, on by default"`
	Logo      *Logo   `json:"logo_info,omitempty" doc:"Appearance of the watermark; Jimeng models with watermark true"`
}

// Logo is the appearance of the watermark of a Jimeng image.
type Logo struct {
	Position *int     `json:"position,omitempty" minimum:"0" maximum:"3" doc:"Corner of the image, as the vendor's number"`
	Language *int     `json:"language,omitempty" minimum:"0" maximum:"1" doc:"Language of the watermark: 0 Chinese, 1 English"`
	Opacity  *float64 `json:"opacity,omitempty" doc:"Opacity of the watermark"`
	Text     string   `json:"logo_text_content,omitempty" maxLength:"200" doc:"Text of the watermark"`
}
