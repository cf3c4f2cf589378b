package recraft

import (
	"strings"

	"aigc/app/provider"
)

// Input is the input of an image by Recraft: the union of what the models support. A
// field that the selected model does not support is not sent, and a warning names it.
// An image is refused instead.
type Input struct {
	Prompt            string              `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the image; V2, V3: at most 1000 characters" example:"a red fox in the snow"`
	Model             string              `json:"model,omitempty" maxLength:"100" doc:"Model id, see /api/models; …_vector makes SVG"`
	N                 int                 `json:"n,omitempty" minimum:"1" maximum:"6" default:"1" doc:"Number of images; each is billed"`
	Size              string              `json:"size,omitempty" pattern:"^([0-9]{2,5}x[0-9]{2,5}|[0-9]{1,2}:[0-9]{1,2})$" patternDescription:"WIDTHxHEIGHT or WIDTH:HEIGHT" doc:"Pixels or ratio, rounded to the nearest supported size; 1:1 by default"`
	Style             string              `json:"style,omitempty" doc:"V2, V3: realistic_image, digital_illustration, vector_illustration, icon (V2), logo_raster (V3), any, or a name such as Photorealism"`
	Substyle          string              `json:"substyle,omitempty" doc:"V2, V3: substyle of the style, such as pixel_art"`
	StyleID           string              `json:"style_id,omitempty" format:"uuid" doc:"Custom style, instead of style; only for its own model family"`
	StyleReferences   []provider.ImageRef `json:"style_references,omitempty" maxItems:"5" nullable:"false" doc:"V4: images whose style is copied"`
	StyleMatch        string              `json:"style_match,omitempty" enum:"regular,precise,flexible" doc:"With style_id or style_references"`
	NegativePrompt    string              `json:"negative_prompt,omitempty" doc:"V2, V3: what to avoid"`
	Image             provider.ImageRef   `json:"image,omitempty" doc:"Image to change, with strength or mask. Not flash; V2 only with mask"`
	Strength          *float64            `json:"strength,omitempty" minimum:"0" maximum:"1" doc:"Required for image without mask: 0 keeps it, 1 ignores it"`
	Mask              provider.ImageRef   `json:"mask,omitempty" doc:"Black and white, size of image; white is repainted"`
	Seed              *int64              `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"Random seed"`
	ImageFormat       string              `json:"image_format,omitempty" enum:"png,webp,jpg" doc:"png by default; jpg becomes png"`
	Controls          *Controls           `json:"controls,omitempty" doc:"Colours and more"`
	TextLayout        []TextBox           `json:"text_layout,omitempty" nullable:"false" doc:"V3: texts and their places"`
	Creativity        string              `json:"creativity,omitempty" enum:"simple,standard,eccentric" doc:"V4: how free the model is"`
	Upscale           string              `json:"upscale,omitempty" enum:"upscale4mp,upscale16mp" doc:"V4: enlarge the result"`
	BlockNSFW         bool                `json:"block_nsfw,omitempty" doc:"Refuse indecent content"`
	CalculateFeatures bool                `json:"calculate_features,omitempty" doc:"Put nsfw_score into usage"`
	Expire            bool                `json:"expire,omitempty" doc:"Recraft's copy expires"`
	ResponseFormat    string              `json:"response_format,omitempty" enum:"url,b64_json" doc:"For old clients; the answer always holds links"`
}

// Controls are colours and further controls of an image.
type Controls struct {
	Colors          []Color `json:"colors,omitempty" nullable:"false" doc:"Colours to prefer"`
	BackgroundColor *Shade  `json:"background_color,omitempty" doc:"Colour of the background"`
	NoText          bool    `json:"no_text,omitempty"`
	ArtisticLevel   *int    `json:"artistic_level,omitempty" minimum:"0" maximum:"5" doc:"V3: artistic tone, 5 is the freest"`
}

// isZero reports whether there is nothing to send.
func (c Controls) isZero() bool {
	return len(c.Colors) == 0 && c.BackgroundColor == nil && !c.NoText && c.ArtisticLevel == nil
}

// Shade is a colour.
type Shade struct {
	RGB []int `json:"rgb" minItems:"3" maxItems:"3" nullable:"false" doc:"0 to 255 each"`
}

// Color is a colour with its weight among others.
type Color struct {
	Shade
	Weight *float64 `json:"weight,omitempty"`
	Std    *float64 `json:"std,omitempty"`
}

// TextBox is a text and the quadrangle that it fills.
type TextBox struct {
	Text string      `json:"text" minLength:"1"`
	Box  [][]float64 `json:"bbox" minItems:"4" maxItems:"4" nullable:"false" doc:"4 points [x,y], 0 to 1"`
}

// style is the style by its current name.
func (in Input) style() string {
	if in.Style == oldRealistic {
		return realistic
	}
	return in.Style
}

// realistic is the style of photographs; oldRealistic is its name in the replaced
// service.
const realistic, oldRealistic = "realistic_image", "realistic"

// Common implements [provider.CommonInput]. Style references are not among its images:
// they are not to be edited.
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.N, Style: in.style(), NegativePrompt: in.NegativePrompt, Seed: in.Seed, Mask: in.Mask,
		OutputFormat: strings.Replace(in.ImageFormat, "jpg", "jpeg", 1),
	}
	if strings.Contains(in.Size, ":") {
		c.AspectRatio = in.Size
	} else {
		c.Size = in.Size
	}
	if in.Image != "" {
		c.Images = []provider.ImageRef{in.Image}
	}
	return c.WithOther(in, "image_format")
}
