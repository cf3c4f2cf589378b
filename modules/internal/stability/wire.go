package stability

import "aigc/app/provider"

// request are the text fields of the form. Empty ones are not sent.
type request struct {
	Prompt, NegativePrompt string
	Model, Mode            string
	Strength               string
	AspectRatio            string
	Seed, CfgScale         string
	StylePreset            string
	OutputFormat           string
}

// form makes the form, without the input image.
func (r request) form() *provider.Form {
	f := provider.NewForm()
	for _, field := range [][2]string{
		{"prompt", r.Prompt}, {"negative_prompt", r.NegativePrompt}, {"model", r.Model}, {"mode", r.Mode}, {"strength", r.Strength},
		{"aspect_ratio", r.AspectRatio}, {"seed", r.Seed}, {"cfg_scale", r.CfgScale}, {"style_preset", r.StylePreset}, {"output_format", r.OutputFormat},
	} {
		f.Field(field[0], field[1])
	}
	return f
}

// answer is a complete result: the JSON of a 200, or what the headers say of an image
// that is the body itself.
type answer struct {
	Image        string        `json:"image"` // base64
	FinishReason provider.Text `json:"finish_reason"`
	Seed         provider.Text `json:"seed"`
}

// The finish reasons. With contentFiltered the image is blurred.
const success, contentFiltered = "SUCCESS", "CONTENT_FILTERED"

// read reads the result of a 200. Without an image it is not readable.
func read(res provider.Response) (a answer) {
	if res.Raw {
		return answer{Image: res.File, FinishReason: provider.Text(res.Header.Get("Finish-Reason")), Seed: provider.Text(res.Header.Get("Seed"))}
	}
	_ = provider.Unmarshal(res.Body, &a) // invalid JSON has no image
	return a
}

// result is the image with its seed. A finish reason that is not documented is said in a
// warning.
func (a answer) result() provider.Result {
	r := provider.Result{Base64: a.Image}
	if seed, ok := a.Seed.Int(); ok {
		r.Seed = &seed
	}
	if a.FinishReason != "" && a.FinishReason != success {
		r.Warning = title + " reports the finish reason " + provider.Sanitize(string(a.FinishReason)) + "."
	}
	return r
}
