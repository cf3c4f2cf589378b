package stability

import "aigc/app/provider"

// Input is the union of what the models support and of the replaced service's fields. A
// field that the selected model does not support is not sent, and a warning names it.
// An image is refused instead.
type Input struct {
	Prompt         string            `json:"prompt" minLength:"1" maxLength:"10000" doc:"Text prompt describing the image; (word:0.3) sets the weight of a word" example:"a red fox in the snow, watercolour"`
	Model          string            `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	NegativePrompt string            `json:"negative_prompt,omitempty" maxLength:"10000" doc:"What the image must not show; not sd3.5-large-turbo"`
	Image          provider.ImageRef `json:"image,omitempty" doc:"Image to change: PNG, JPEG or WebP, sides of at least 64 pixels, under 10 MB; not stable-image-core"`
	Strength       *float64          `json:"strength,omitempty" minimum:"0" maximum:"1" doc:"How much the input image is changed: 0 keeps it, 1 ignores it; 0.5 by default"`
	AspectRatio    string            `json:"aspect_ratio,omitempty" enum:"21:9,16:9,3:2,4:3,5:4,1:1,4:5,3:4,2:3,9:16,9:21" doc:"Aspect ratio, 1:1 by default; 4:3 and 3:4 are rounded to 5:4 and 4:5. Not sd3.5 with an input image"`
	Size           string            `json:"size,omitempty" pattern:"^[1-9][0-9]{0,4}[x:][1-9][0-9]{0,4}$" patternDescription:"WIDTHxHEIGHT or WIDTH:HEIGHT" doc:"Alternative to aspect_ratio: WIDTHxHEIGHT or a ratio, rounded to the nearest supported aspect_ratio"`
	N              int               `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is submitted and billed separately"`
	Seed           *int64            `json:"seed,omitempty" minimum:"0" maximum:"4294967294" doc:"The same seed and input give the same image; 0 is random"`
	CfgScale       *float64          `json:"cfg_scale,omitempty" minimum:"1" maximum:"10" doc:"How closely the image follows the prompt; 4 by default, turbo 1. sd3.5 only"`
	StylePreset    string            `json:"style_preset,omitempty" enum:"enhance,anime,photographic,digital-art,comic-book,fantasy-art,line-art,analog-film,neon-punk,isometric,low-poly,origami,modeling-compound,cinematic,3d-model,pixel-art,tile-texture" doc:"Style of the image; stable-image-core only"`
	OutputFormat   string            `json:"output_format,omitempty" enum:"png,jpeg,webp" doc:"File format, png by default; sd3.5: png and jpeg"`
	User           string            `json:"user,omitempty" maxLength:"256" pattern:"^[ -~]*$" patternDescription:"printable ASCII" doc:"Your own id of the end user, passed to Stability AI"`
}

// sentImage is the input image, if the model takes one.
func (in Input) sentImage(can capabilities) provider.ImageRef {
	if !can.Image {
		return ""
	}
	return in.Image
}

// fixedSeed is the seed to send, 1 to maxSeed; nil for a random one, which the vendor
// writes as 0. Each further image of a request has the next seed, so that it may exceed
// the range: it wraps around.
func (in Input) fixedSeed() *int64 {
	if in.Seed == nil || *in.Seed == 0 {
		return nil
	}
	seed := (*in.Seed-1)%maxSeed + 1
	return &seed
}

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.Prompt, N: in.N, AspectRatio: in.AspectRatio, NegativePrompt: in.NegativePrompt, OutputFormat: in.OutputFormat,
		Seed: in.fixedSeed(), // 0 is random here, but a seed elsewhere
	}
	if in.Image != "" {
		c.Images = []provider.ImageRef{in.Image}
	}
	_, _, pixels := provider.ParseSize(in.Size)
	switch {
	case in.AspectRatio != "":
	case pixels:
		c.Size = in.Size
	default:
		c.AspectRatio = in.Size
	}
	return c.WithOther(in)
}
