package hunyuan

import (
	"strings"
	"unicode/utf8"

	"aigc/app/provider"
)

// The models, under the ids of the catalogue.
const (
	Image30        = "hunyuan-image-3.0"
	Image35Preview = "hy-image-v3.5-preview"
)

// Is35 reports whether a model id, also one of a gateway, names version 3.5.
func Is35(model string) bool { return strings.Contains(model, "3.5") }

// Input is the union of what the models support. A field that the selected model does
// not support is not sent, and a warning names it; an image is refused.
type Input struct {
	Prompt      string              `json:"prompt" minLength:"1" maxLength:"20000" doc:"Text prompt describing the image, or the change to the input images; 3.0: at most 8192 characters" example:"a red fox in snow"`
	Model       string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	Image       provider.ImageRef   `json:"image,omitempty" doc:"Input image"`
	Images      []provider.ImageRef `json:"images,omitempty" maxItems:"3" nullable:"false" doc:"Further input images; at most 3 in all"`
	N           int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is submitted and billed separately"`
	AspectRatio string              `json:"aspect_ratio,omitempty" enum:"1:1,16:9,9:16,4:3,3:4,3:2,2:3,5:4,4:5,2:1,1:2,21:9,9:21" doc:"Aspect ratio of the image, alternatively to size"`
	Size        string              `json:"size,omitempty" pattern:"^[1-9][0-9]{2,3}x[1-9][0-9]{2,3}$" patternDescription:"WIDTHxHEIGHT" doc:"WIDTHxHEIGHT in pixels, rounded to the nearest supported size. 3.0: sides of 512 to 2048, at most as many pixels as 1024x1024; 3.5: sides of 256 to 8192, at most as many pixels as 4096x4096"`
	Resolution  string              `json:"resolution,omitempty" pattern:"^[1-9][0-9]{2,3}:[1-9][0-9]{2,3}$" patternDescription:"WIDTH:HEIGHT" doc:"size, written as WIDTH:HEIGHT"`
	MaxPixels   int                 `json:"generate_max_pixels,omitempty" minimum:"65536" maximum:"16777216" doc:"Maximum number of pixels where the model chooses the size; 3.5"`
	Seed        *int64              `json:"seed,omitempty" minimum:"-1" maximum:"4294967295" doc:"Random seed: the same seed and input give a similar image; -1 and 0 are random. 3.0 without revise"`
	Revise      bool                `json:"revise,omitempty" default:"false" doc:"Let the vendor rewrite the prompt, which takes about 20 s; 3.0"`
	Watermark   bool                `json:"watermark,omitempty" default:"false" doc:"Put a visible \"AI generated\" mark on the image; 3.0 with TENCENT_SECRET_ID"`
	LogoImage   provider.ImageRef   `json:"logo_image,omitempty" doc:"Image to put on instead of the usual mark; with watermark"`
	LogoRect    *LogoRect           `json:"logo_rect,omitempty" doc:"Where to put logo_image, which is stretched to it"`
	Footnote    string              `json:"footnote,omitempty" maxLength:"16" doc:"Text of a mark on the image; 3.0 with TENCENT_API_KEY"`
}

// LogoRect is a rectangle in the image, in pixels.
type LogoRect struct {
	X      int `json:"x" minimum:"0" doc:"Left edge"`
	Y      int `json:"y" minimum:"0" doc:"Top edge"`
	Width  int `json:"width" minimum:"1" doc:"Width"`
	Height int `json:"height" minimum:"1" doc:"Height"`
}

// Inputs are image and images.
func (in Input) Inputs() []provider.ImageRef {
	if in.Image == "" {
		return in.Images
	}
	return append([]provider.ImageRef{in.Image}, in.Images...)
}

const maxInputs, maxPrompt30 = 3, 8192

// Check reports the faults that are the same for both vendors.
func (in Input) Check(model string, bad func(field, message string)) {
	if strings.TrimSpace(in.Prompt) == "" {
		bad("prompt", "must not be empty")
	}
	if !Is35(model) && utf8.RuneCountInString(in.Prompt) > maxPrompt30 {
		bad("prompt", model+" supports at most 8192 characters")
	}
	if len(in.Inputs()) > maxInputs {
		bad("images", "at most 3 input images are supported, image included")
	}
}

// FixedSeed is the seed to send, 1 to 4294967295; nil for a random one. Each further
// image of a request has the next seed, so that it may exceed the range: it wraps around.
func (in Input) FixedSeed() *int64 {
	const most = 1<<32 - 1
	if in.Seed == nil || *in.Seed < 1 {
		return nil
	}
	seed := (*in.Seed-1)%most + 1
	return &seed
}

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.size(), AspectRatio: in.AspectRatio, Seed: in.FixedSeed(), Images: in.Inputs(),
	}
	if c.Size != "" {
		c.AspectRatio = "" // size sets it already
	}
	if in.Watermark {
		c.Watermark = &in.Watermark
	}
	return c.WithOther(in, "resolution", "logo_rect")
}
