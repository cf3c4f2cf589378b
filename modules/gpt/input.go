package gpt

import (
	"aigc/app/provider"
	"aigc/modules/internal/openai"
)

// Options are the fields that drawing and editing share.
type Options struct {
	Prompt            string      `json:"prompt" minLength:"1" maxLength:"32000" doc:"what the picture shall show" example:"a red fox in the snow, watercolour"`
	Model             string      `json:"model,omitempty" maxLength:"100" doc:"model id; see /api/models"`
	N                 int         `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"how many pictures"`
	Size              string      `json:"size,omitempty" default:"auto" pattern:"^(auto|[0-9]{2,5}x[0-9]{2,5})$" patternDescription:"auto or WIDTHxHEIGHT" doc:"auto or WIDTHxHEIGHT; the newer models draw any size whose sides are multiples of 16, up to 3840" example:"1024x1024"`
	Quality           string      `json:"quality,omitempty" enum:"auto,low,medium,high,xhigh,max,standard,hd" default:"auto" doc:"xhigh and max: models 2.5 and newer; standard and hd are old names for medium and high"`
	Background        string      `json:"background,omitempty" enum:"auto,opaque,transparent" default:"auto" doc:"transparent needs png or webp"`
	OutputFormat      string      `json:"output_format,omitempty" enum:"png,jpeg,webp,svg,gif" default:"png" doc:"svg and gif: models 2.6"`
	OutputCompression *int        `json:"output_compression,omitempty" minimum:"0" maximum:"100" doc:"quality of jpeg and webp in percent"`
	Moderation        string      `json:"moderation,omitempty" enum:"auto,low" default:"auto" doc:"how strictly the content is looked at"`
	User              string      `json:"user,omitempty" maxLength:"256" doc:"your own id of the end user, passed to the vendor"`
	Complexity        string      `json:"complexity,omitempty" enum:"low,medium,high" doc:"models 2.6: how much detail the model plans"`
	GIF               *openai.GIF `json:"gif,omitempty" doc:"models 2.6 with output_format gif"`
	SVG               *openai.SVG `json:"svg,omitempty" doc:"models 2.6 with output_format svg"`
	ResponseFormat    string      `json:"response_format,omitempty" enum:"url,b64_json,oss_url" doc:"for old clients; the answer always holds links"`
}

// Generation is the input of drawing.
type Generation struct {
	Options
	Style string `json:"style,omitempty" enum:"vivid,natural" doc:"of the retired DALL-E; no model of today honours it"`
}

// Edit is the input of editing.
type Edit struct {
	Options
	Image         provider.Image   `json:"image,omitempty" doc:"the picture to edit: URL, data URL, base64 or asset id"`
	Images        []provider.Image `json:"images,omitempty" maxItems:"16" nullable:"false" doc:"further pictures to work from; 16 in all"`
	Mask          provider.Image   `json:"mask,omitempty" doc:"PNG of the size of the first picture; its transparent part is what changes"`
	InputFidelity string           `json:"input_fidelity,omitempty" enum:"low,high" doc:"gpt-image-1.5 only; newer models are always faithful to the picture"`
	Description   string           `json:"image_description,omitempty" maxLength:"32000" doc:"of the replaced service; the picture itself is sent, so it is left out"`
}

func (in Edit) pictures() []provider.Image {
	var all []provider.Image
	if in.Image != "" {
		all = append(all, in.Image)
	}
	return append(all, in.Images...)
}
