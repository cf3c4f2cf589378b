package tryon

import (
	"cmp"
	"strings"

	"aigc/app/module"
	"aigc/app/provider"
)

// Input is the input of a virtual try-on: the union of what the vendors' models
// support. A field that the selected model does not support is not sent, and a warning
// names it; an image is refused.
type Input struct {
	PersonImage      provider.ImageRef `json:"person_image,omitempty" doc:"Image of the person; required"`
	GarmentImage     provider.ImageRef `json:"garment_image,omitempty" doc:"Image of the garment, flat or worn; required. tryon-max: also shoes, hats, bags and jewellery"`
	ModelImage       provider.ImageRef `json:"model_image,omitempty" doc:"Other name of person_image"`
	HumanImage       provider.ImageRef `json:"human_image,omitempty" doc:"Other name of person_image"`
	ProductImage     provider.ImageRef `json:"product_image,omitempty" doc:"Other name of garment_image"`
	ClothImage       provider.ImageRef `json:"cloth_image,omitempty" doc:"Other name of garment_image"`
	Prompt           string            `json:"prompt,omitempty" doc:"Text prompt that guides the result. tryon-max and vto; not required" example:"with the jacket open"`
	Model            string            `json:"model,omitempty" maxLength:"100" doc:"Model id; see /api/models"`
	N                int               `json:"n,omitempty" minimum:"1" maximum:"4" default:"1" doc:"Number of images; each is billed"`
	Category         string            `json:"category,omitempty" enum:"auto,tops,bottoms,one-pieces" doc:"Kind of garment, auto by default; tryon-v1.6"`
	GarmentPhotoType string            `json:"garment_photo_type,omitempty" enum:"auto,flat-lay,model" doc:"Whether the garment lies flat or is worn; tryon-v1.6"`
	Mode             string            `json:"mode,omitempty" enum:"performance,balanced,quality" doc:"Speed or quality: about 5, 8 or 15 seconds; tryon-v1.6"`
	ModerationLevel  string            `json:"moderation_level,omitempty" enum:"conservative,permissive,none" doc:"How strictly the input is moderated; tryon-v1.6"`
	SegmentationFree *bool             `json:"segmentation_free,omitempty" doc:"Fit the garment without segmenting the person, true by default; tryon-v1.6"`
	Resolution       string            `json:"resolution,omitempty" enum:"1k,2k,4k" doc:"Resolution of the result; tryon-max"`
	GenerationMode   string            `json:"generation_mode,omitempty" enum:"fast,balanced,quality" doc:"Speed or quality; the better ones cost more. tryon-max"`
	Seed             *int64            `json:"seed,omitempty" minimum:"0" maximum:"4294967295" doc:"Random seed: the same seed and input give a similar image"`
	OutputFormat     string            `json:"output_format,omitempty" enum:"png,jpeg,webp" doc:"File format of the image; webp: vto"`
	SafetyTolerance  *int              `json:"safety_tolerance,omitempty" minimum:"0" maximum:"5" doc:"Moderation level: 0 is strictest, 2 by default; vto"`
	ReturnBase64     bool              `json:"return_base64,omitempty" doc:"Let the vendor answer with the image itself, so that its CDN does not store it; FASHN"`
}

// Person is the image of the person, under the first of its names that is given.
func (in Input) Person() provider.ImageRef {
	return cmp.Or(in.PersonImage, in.ModelImage, in.HumanImage)
}

// Garment is the image of the garment, under the first of its names that is given.
func (in Input) Garment() provider.ImageRef {
	return cmp.Or(in.GarmentImage, in.ProductImage, in.ClothImage)
}

// DefaultPrompt is sent if the input has no prompt and the model requires one.
const DefaultPrompt = "The person wears the garment. Face, hair, body, pose and background stay unchanged."

// PromptOr is the prompt, or usual if there is none.
func (in Input) PromptOr(usual string) string { return cmp.Or(strings.TrimSpace(in.Prompt), usual) }

// Check implements [module.InputChecker]: it reports a missing image, and different
// images under several names. The schema cannot, because each image has several names.
func (in Input) Check() (faults []module.FieldError) {
	if in.Person() == "" {
		faults = append(faults, module.FieldError{Field: "person_image", Message: "an image of the person is required"})
	}
	if in.Garment() == "" {
		faults = append(faults, module.FieldError{Field: "garment_image", Message: "an image of the garment is required"})
	}
	return append(faults, in.sameNames()...)
}

// sameNames reports images that would not be used because another name of the field has
// another image.
func (in Input) sameNames() (faults []module.FieldError) {
	person := []named{{"person_image", in.PersonImage}, {"model_image", in.ModelImage}, {"human_image", in.HumanImage}}
	garment := []named{{"garment_image", in.GarmentImage}, {"product_image", in.ProductImage}, {"cloth_image", in.ClothImage}}
	for _, names := range [][]named{person, garment} {
		var used named
		for _, f := range names {
			switch {
			case f.image == "":
			case used.image == "":
				used = f
			case f.image != used.image:
				faults = append(faults, module.FieldError{Field: f.name, Message: "is another name of " + used.name + ", which has another image"})
			}
		}
	}
	return faults
}

type named struct {
	name  string
	image provider.ImageRef
}

// Common implements [provider.CommonInput]: an edit of the person's image, with the
// garment as the second image.
func (in Input) Common() provider.Common {
	c := provider.Common{
		Prompt: in.PromptOr(DefaultPrompt), N: in.N, Size: strings.ToUpper(in.Resolution), Seed: in.Seed, OutputFormat: in.OutputFormat,
	}
	for _, img := range []provider.ImageRef{in.Person(), in.Garment()} {
		if img != "" {
			c.Images = append(c.Images, img)
		}
	}
	return c.WithOther(in, "resolution", "return_base64")
}
