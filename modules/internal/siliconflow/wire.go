package siliconflow

import "aigc/app/provider"

// request is the body of POST /images/generations.
type request struct {
	Model          string   `json:"model"`
	Prompt         string   `json:"prompt"`
	NegativePrompt string   `json:"negative_prompt,omitempty"`
	ImageSize      string   `json:"image_size,omitempty"`
	BatchSize      int      `json:"batch_size,omitempty"`
	Seed           *int64   `json:"seed,omitempty"`
	Steps          int      `json:"num_inference_steps,omitempty"`
	GuidanceScale  *float64 `json:"guidance_scale,omitempty"`
	Cfg            *float64 `json:"cfg,omitempty"`
	Image          string   `json:"image,omitempty"`
	Image2         string   `json:"image2,omitempty"`
	Image3         string   `json:"image3,omitempty"`
	OutputFormat   string   `json:"output_format,omitempty"`
}

// answer is the body of a 200. Data is a copy of Images in OpenAI's form, which is
// often there. Each is nil where it is no list.
type answer struct {
	Images provider.Items[output] `json:"images"`
	Data   provider.Items[output] `json:"data"`
	Seed   provider.Text          `json:"seed"` // one for all images
}

type output struct {
	URL string `json:"url"`
	B64 string `json:"b64_json"` // of a gateway in front
}

// results are the URLs of images, else those of data.
func (w answer) results() (out []provider.Result) {
	var seed *int64
	if n, ok := w.Seed.Int(); ok {
		seed = &n
	}
	for _, list := range [][]output{w.Images, w.Data} {
		for _, o := range list {
			if o.URL != "" || o.B64 != "" {
				out = append(out, provider.Result{URL: o.URL, Base64: o.B64, Seed: seed})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
