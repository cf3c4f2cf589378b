package sandbox

import (
	"maps"
	"slices"
	"strings"

	"aigc/app/sandbox"
)

// modelSpec is the documentation of a model.
type modelSpec struct {
	fields  []sandbox.Field
	garment string // name of the field with the garment
	count   string // name of the field with the number of images
}

var (
	shared = []sandbox.Field{
		img("model_image"), {Name: "seed", Kind: sandbox.Integer}, word("output_format", "png", "jpeg"), {Name: "return_base64", Kind: sandbox.Flag},
	}
	modelSpecs = map[string]modelSpec{
		"tryon-v1.6": {slices.Concat(shared, []sandbox.Field{
			img("garment_image"), word("category", "auto", "tops", "bottoms", "one-pieces"), word("garment_photo_type", "auto", "flat-lay", "model"),
			word("mode", "performance", "balanced", "quality"), word("moderation_level", "conservative", "permissive", "none"),
			{Name: "segmentation_free", Kind: sandbox.Flag}, {Name: "num_samples", Kind: sandbox.Integer, Min: 1, Max: 4},
		}), "garment_image", "num_samples"},
		"tryon-max": {slices.Concat(shared, []sandbox.Field{
			img("product_image"), word("prompt"), word("resolution", "1k", "2k", "4k"), word("generation_mode", "fast", "balanced", "quality"),
			{Name: "num_images", Kind: sandbox.Integer, Min: 1, Max: 4},
		}), "product_image", "num_images"},
	}
	runFields = []sandbox.Field{{Name: "model_name", Kind: sandbox.Text, Required: true}, {Name: "inputs", Kind: sandbox.Object, Required: true}}
)

func word(name string, values ...string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Text, Values: values}
}

func img(name string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Image, Required: true}
}

// problem says what is wrong with a run; empty if it is valid.
func (m modelSpec) problem(b sandbox.Body) string {
	in := b.Object("inputs")
	outer := maps.Clone(b)
	if in != nil {
		outer["inputs"] = map[string]any{} // its fields are checked apart
	}
	if p := append(outer.Problems(runFields, ""), in.Problems(m.fields, "")...); len(p) > 0 {
		return p[0].Field + " " + p[0].Text
	}
	for _, name := range []string{"model_image", m.garment} {
		if text := in.Text(name); !sandbox.IsAddress(text) && !strings.HasPrefix(text, "data:image/") {
			return name + " must be a URL, or base64 with the prefix of a data URL"
		}
	}
	return ""
}
