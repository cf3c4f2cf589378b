package openai

import (
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Options are the fields that generations and edits share.
type Options struct {
	Prompt            string `json:"prompt" minLength:"1" maxLength:"32000" doc:"Text prompt describing the image" example:"a red fox in the snow, watercolour"`
	Model             string `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N                 int    `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is billed"`
	Size              string `json:"size,omitempty" default:"auto" pattern:"^(auto|[0-9]{2,5}x[0-9]{2,5})$" patternDescription:"auto or WIDTHxHEIGHT" doc:"auto or WIDTHxHEIGHT. gpt-image-2 and newer: multiples of 16, up to 3840, 655,360 to 8,294,400 pixels, ratio 1:3 to 3:1. Older models: rounded to the nearest of 1024x1024, 1536x1024 and 1024x1536" example:"1024x1024"`
	Quality           string `json:"quality,omitempty" enum:"auto,low,medium,high,xhigh,max,standard,hd" default:"auto" doc:"xhigh and max: models 2.5 and newer; standard and hd are old names of medium and high"`
	Background        string `json:"background,omitempty" enum:"auto,opaque,transparent" default:"auto" doc:"transparent needs output_format png or webp"`
	OutputFormat      string `json:"output_format,omitempty" enum:"png,jpeg,webp,svg,gif" default:"png" doc:"svg and gif: models 2.6"`
	OutputCompression *int   `json:"output_compression,omitempty" minimum:"0" maximum:"100" doc:"Compression level of jpeg and webp in percent"`
	Moderation        string `json:"moderation,omitempty" enum:"auto,low" default:"auto" doc:"Strictness of content moderation"`
	User              string `json:"user,omitempty" maxLength:"256" doc:"Your own id of the end user, passed to OpenAI"`
	Complexity        string `json:"complexity,omitempty" enum:"low,medium,high" doc:"Amount of detail the model plans; models 2.6, high by default"`
	GIF               *GIF   `json:"gif,omitempty" doc:"Options of output_format gif; models 2.6"`
	SVG               *SVG   `json:"svg,omitempty" doc:"Options of output_format svg; models 2.6"`
	ResponseFormat    string `json:"response_format,omitempty" enum:"url,b64_json,oss_url" doc:"For old clients; the answer always holds links"`
}

// GenerateInput is the input of an image from text.
type GenerateInput struct {
	Options
	Style string `json:"style,omitempty" enum:"vivid,natural" doc:"Ignored: only the retired DALL-E 3 supported it"`
}

// EditInput is the input of an image from images.
type EditInput struct {
	Options
	Image         provider.ImageRef   `json:"image,omitempty" doc:"Image to edit"`
	Images        []provider.ImageRef `json:"images,omitempty" maxItems:"16" nullable:"false" doc:"Further input images; 16 in all"`
	Mask          provider.ImageRef   `json:"mask,omitempty" doc:"PNG of the size of the first image; its transparent area is edited"`
	InputFidelity string              `json:"input_fidelity,omitempty" enum:"low,high" doc:"gpt-image-1.5 only; newer models always keep the details of the input"`
	Description   string              `json:"image_description,omitempty" maxLength:"32000" doc:"Ignored: the image itself is sent. Field of the replaced service"`
}

// Check implements [module.InputChecker].
func (o Options) Check() []module.FieldError {
	if strings.TrimSpace(o.Prompt) == "" {
		return []module.FieldError{{Field: "prompt", Message: "must not be empty"}}
	}
	return nil
}

// Check implements [module.InputChecker].
func (in EditInput) Check() []module.FieldError {
	faults := in.Options.Check()
	if len(in.images()) == 0 {
		faults = append(faults, module.FieldError{Field: "image", Message: "an image to edit is required, in image or images"})
	}
	return faults
}

// images are all images of an edit, image first.
func (in EditInput) images() []provider.ImageRef {
	if in.Image == "" {
		return in.Images
	}
	return append([]provider.ImageRef{in.Image}, in.Images...)
}
