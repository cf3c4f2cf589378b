package minimax

import "aigc/app/provider"

// Input is the union of what the models support and of the replaced service's
// fields. A field that the selected model does not support is not sent, and a
// warning names it; an image is refused.
type Input struct {
	Prompt                string              `json:"prompt" minLength:"1" maxLength:"32000" doc:"Text prompt describing the image, or the change to the input images; image-01 up to 1500 characters" example:"a girl by a library window, warm light"`
	Model                 string              `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N                     int                 `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is billed"`
	Image                 provider.ImageRef   `json:"image,omitempty" doc:"Input image. image-01: portrait of the person to show, JPEG or PNG under 10 MB. H3: image to edit or combine"`
	Images                []provider.ImageRef `json:"images,omitempty" maxItems:"16" nullable:"false" doc:"Further input images; H3: 16 in all"`
	AspectRatio           string              `json:"aspect_ratio,omitempty" pattern:"^(auto|[1-9][0-9]{0,3}:[1-9][0-9]{0,3})$" patternDescription:"auto or WIDTH:HEIGHT" doc:"auto or WIDTH:HEIGHT. image-01 rounds to 1:1 (default), 16:9, 4:3, 3:2, 2:3, 3:4, 9:16 or 21:9" example:"16:9"`
	Size                  string              `json:"size,omitempty" pattern:"^(auto|[1-9][0-9]{1,4}x[1-9][0-9]{1,4})$" patternDescription:"auto or WIDTHxHEIGHT" doc:"auto or WIDTHxHEIGHT in pixels, rounded to the nearest that the model supports; H3: 655,360 to 20,000,000 pixels, ratio 1:3 to 3:1"`
	Width                 int                 `json:"width,omitempty" minimum:"512" maximum:"2048" doc:"Width in pixels, a multiple of 8; together with height, instead of aspect_ratio"`
	Height                int                 `json:"height,omitempty" minimum:"512" maximum:"2048" doc:"Height in pixels, a multiple of 8"`
	Area                  string              `json:"area,omitempty" enum:"1K,2K,4K" doc:"Resolution if size is not set, 4K by default; H3"`
	Style                 string              `json:"style,omitempty" enum:"漫画,元气,中世纪,水彩" doc:"Comic, vivid, medieval or watercolour; image-01-live"`
	Seed                  *int64              `json:"seed,omitempty" doc:"The same seed and input give a similar image; image-01"`
	PromptOptimizer       *bool               `json:"prompt_optimizer,omitempty" doc:"Let the vendor rewrite the prompt, off by default; image-01"`
	DisablePromptEnhanced *bool               `json:"disable_prompt_enhanced,omitempty" doc:"Keep the vendor from rewriting the prompt; needs size or aspect_ratio; H3"`
	Watermark             *bool               `json:"aigc_watermark,omitempty" doc:"Mark the image as made by AI, off by default; image-01"`
	OutputFormat          string              `json:"output_format,omitempty" enum:"png,jpeg,webp" doc:"File format; H3. image-01 makes JPEG"`
	Quality               string              `json:"quality,omitempty" maxLength:"40" doc:"Ignored: MiniMax does not support it. Field of the replaced service"`
	ResponseFormat        string              `json:"response_format,omitempty" enum:"url,base64,b64_json" doc:"For old clients; the answer always holds links"`
}

// inputs are image and images.
func (in Input) inputs() []provider.ImageRef {
	if in.Image == "" {
		return in.Images
	}
	return append([]provider.ImageRef{in.Image}, in.Images...)
}

// sides are width and height, else those in size, and the name of the fields.
func (in Input) sides() (name string, w, h int, ok bool) {
	if in.Width > 0 && in.Height > 0 {
		return "width and height", in.Width, in.Height, true
	}
	w, h, ok = provider.ParseSize(in.Size)
	return "size", w, h, ok
}

// Common implements [provider.CommonInput]. Fixed sides win over area, as at the
// vendor.
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.Size, AspectRatio: in.AspectRatio, Quality: in.Quality, Style: in.Style,
		Seed: in.Seed, Images: in.inputs(), OutputFormat: in.OutputFormat, Watermark: in.Watermark,
	}
	if _, w, h, ok := in.sides(); ok {
		c.Size = provider.FormatSize(w, h)
	} else if in.Area != "" {
		c.Size = in.Area
	}
	return c.WithOther(in, "width", "height", "area", "aigc_watermark")
}
