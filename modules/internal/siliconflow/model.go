package siliconflow

import (
	"strings"

	"aigc/app/provider"
)

// capabilities are what a model supports beyond prompt and seed.
type capabilities struct {
	Site     string   // the only one whose catalogue has the model: "cn", "com"; empty: not known
	Sizes    []string // values of image_size, the default first; nil: the field must not be sent
	AnySize  bool     // other sizes may work, too
	Inputs   int      // maximum number of input images
	Required bool     // at least one input image is required
	Batch    int      // maximum number of images of a request; 0: one, without batch_size
	Negative bool     // negative_prompt
	Steps    bool     // num_inference_steps
	Guidance bool     // guidance_scale
	Cfg      bool
	Format   bool // output_format
}

// family is all models whose id contains part, in lower case.
type family struct {
	part         string
	capabilities capabilities
}

// families are searched in order, so a longer part comes before a shorter one.
var families = []family{
	{"kolors", capabilities{
		Site: "cn", Sizes: []string{"1024x1024", "960x1280", "768x1024", "720x1440", "720x1280"}, AnySize: true,
		Inputs: 1, Batch: 4, Negative: true, Steps: true, Guidance: true,
	}},
	{"qwen-image-edit-", capabilities{Site: "cn", Inputs: 3, Required: true, Negative: true, Steps: true}},
	{"qwen-image-edit", capabilities{Site: "cn", Inputs: 1, Required: true, Negative: true, Steps: true}},
	{"qwen-image", capabilities{
		Site: "cn", Sizes: []string{"1328x1328", "1664x928", "928x1664", "1472x1140", "1140x1472", "1584x1056", "1056x1584"},
		Negative: true, Steps: true, Cfg: true,
	}},
	{"flux.2-pro", capabilities{Site: "com", Sizes: []string{"512x512", "768x1024", "1024x768", "576x1024", "1024x576"}, Format: true}},
	{"kontext", capabilities{Sizes: square, AnySize: true, Inputs: 1}},
	{"flux.2", capabilities{Sizes: square, AnySize: true, Format: true}},
	{"flux", capabilities{Sizes: square, AnySize: true}},
}

// square is the default size of models whose sizes are not known.
var square = []string{"1024x1024"}

// capabilitiesOf returns the capabilities of the family of a model id. An id of no
// family, such as a gateway's, gets everything that any model supports, one image
// per request, and the vendor decides.
func capabilitiesOf(model string) capabilities {
	id := strings.ToLower(model)
	for _, f := range families {
		if strings.Contains(id, f.part) {
			return f.capabilities
		}
	}
	return capabilities{
		Sizes: square, AnySize: true, Inputs: maxInputs, Negative: true, Steps: true, Guidance: true, Cfg: true, Format: true,
	}
}

// maxInputs is the maximum number of input images of any model.
const maxInputs = 3

// maxSeed is the greatest seed.
const maxSeed = 9_999_999_999

// Defaults of Kolors. They are always sent, since older specifications require the
// fields.
const defaultSteps, defaultGuidance = 20, 7.5

// imageRule is the rule for input images. The vendor documents no limits.
var imageRule = provider.ImageRule{Field: "image", Who: title, DataURL: true}
