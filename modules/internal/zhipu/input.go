package zhipu

import "aigc/app/provider"

// Input is what the models support and the replaced service's fields. A field that
// the selected model or site does not support is not sent, and a warning names it.
type Input struct {
	Prompt    string `json:"prompt" minLength:"1" doc:"Text prompt describing the image" example:"a misty water town in the morning, ink painting"`
	Model     string `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N         int    `json:"n,omitempty" minimum:"1" maximum:"10" default:"1" doc:"Number of images; each is submitted and billed separately"`
	Size      string `json:"size,omitempty" pattern:"^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}$" patternDescription:"WIDTHxHEIGHT" doc:"WIDTHxHEIGHT in pixels. CogView: sides of 512 to 2048, multiples of 16, at most 2,097,152 pixels, 1024x1024 by default. glm-image: sides of 1024 to 2048, multiples of 32, also 1728x960 and 960x1728, 1280x1280 by default" example:"1344x768"`
	Quality   string `json:"quality,omitempty" enum:"standard,hd" doc:"hd: finer and slower. standard by default; cogview-3-flash has only standard, glm-image only hd"`
	Watermark *bool  `json:"watermark_enabled,omitempty" doc:"Mark the image as made by AI, true by default. BigModel only; false works after the disclaimer is signed in its console"`
	UserID    string `json:"user_id,omitempty" minLength:"6" maxLength:"128" doc:"Your own id of the end user, passed to Zhipu"`
	Seed      *int64 `json:"seed,omitempty" doc:"Ignored: Zhipu does not support it. Field of the replaced service"`
}

// Common implements [provider.CommonInput].
func (in Input) Common() provider.Common {
	return provider.Common{
		Prompt: in.Prompt, N: in.N, Size: in.Size, Quality: in.Quality, Seed: in.Seed, Watermark: in.Watermark,
	}.WithOther(in, "watermark_enabled")
}
