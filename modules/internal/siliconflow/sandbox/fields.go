package sandbox

import (
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// Prefixes of the documented ids.
var (
	kolors   = []string{"Kwai-Kolors/Kolors"}
	qwen     = []string{"Qwen/Qwen-Image"}
	edit     = []string{"Qwen/Qwen-Image-Edit"}
	edit2509 = []string{"Qwen/Qwen-Image-Edit-2509"}
	flux     = []string{"black-forest-labs/FLUX.2"}
)

// fields are the fields of a request. A field of another model may be ignored or
// refused; here it is refused.
var fields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true},
	{Name: "negative_prompt", Kind: sandbox.Text, Only: slices.Concat(kolors, qwen)},
	{Name: "image_size", Kind: sandbox.Text},
	{Name: "batch_size", Kind: sandbox.Integer, Min: 1, Max: 4, Only: kolors},
	{Name: "seed", Kind: sandbox.Integer, Min: 0, Max: 9_999_999_999},
	{Name: "num_inference_steps", Kind: sandbox.Integer, Min: 1, Max: 100, Only: slices.Concat(kolors, qwen)},
	{Name: "guidance_scale", Kind: sandbox.Number, Min: 0, Max: 20, Only: kolors},
	{Name: "cfg", Kind: sandbox.Number, Min: 0.1, Max: 20, Only: qwen},
	{Name: "image", Kind: sandbox.Image, Only: slices.Concat(kolors, edit)},
	{Name: "image2", Kind: sandbox.Image, Only: edit2509},
	{Name: "image3", Kind: sandbox.Image, Only: edit2509},
	{Name: "output_format", Kind: sandbox.Text, Values: []string{"png", "jpeg"}, Only: flux},
}

// sizes are the values of image_size, by prefix of the model. Kolors takes others,
// too.
var sizes = map[string][]string{
	qwen[0]: {"1328x1328", "1664x928", "928x1664", "1472x1140", "1140x1472", "1584x1056", "1056x1584"},
	flux[0]: {"512x512", "768x1024", "1024x768", "576x1024", "1024x576"},
}

// problem says what is wrong with a request; empty if it is valid.
func problem(b sandbox.Body) string {
	model := b.Text("model")
	if list := b.Problems(fields, model); len(list) > 0 {
		return list[0].Field + " " + list[0].Text
	}
	for _, name := range []string{"image", "image2", "image3"} {
		if text := b.Text(name); text != "" && !sandbox.IsAddress(text) && !strings.HasPrefix(text, "data:") {
			return name + " must be a URL or a data URL"
		}
	}
	size := b.Text("image_size")
	w, h, ok := provider.ParseSize(size)
	switch isEdit := strings.HasPrefix(model, edit[0]); {
	case isEdit && b.Has("cfg"):
		return "cfg is not supported by the model"
	case isEdit && b.Has("image_size"):
		return "image_size is not supported by the model"
	case isEdit && !b.Has("image"):
		return "image is required"
	case isEdit:
		return ""
	case !ok || size != provider.FormatSize(w, h):
		return "image_size is required, as WIDTHxHEIGHT"
	}
	for prefix, list := range sizes {
		if strings.HasPrefix(model, prefix) && !slices.Contains(list, size) {
			return "image_size must be one of " + strings.Join(list, ", ")
		}
	}
	return ""
}
