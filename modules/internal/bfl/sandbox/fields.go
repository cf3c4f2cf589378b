package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aigc/app/sandbox"
)

var (
	ratios      = []string{"21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21"}
	resolutions = map[string]int{"768sq": 768 * 768, "1k": 1 << 20, "1.5k": 1536 * 1536, "2k": 2048 * 2048, "4k": 4096 * 4096} // in pixels
)

var (
	required = []sandbox.Field{{Name: "prompt", Kind: sandbox.Text, Required: true}}
	webhooks = []sandbox.Field{{Name: "webhook_url", Kind: sandbox.Text, MaxLen: 2083}, text("webhook_secret")}
	common   = slices.Concat(webhooks, []sandbox.Field{{Name: "seed", Kind: sandbox.Integer}, text("output_format", "jpeg", "png", "webp")})

	flux3 = slices.Concat(required, webhooks, []sandbox.Field{
		{Name: "images", Kind: sandbox.List, MaxLen: 10, Item: &sandbox.Field{Kind: sandbox.Image}},
		text("aspect_ratio", append([]string{"auto"}, ratios...)...), text("resolution", "768sq", "1k", "1.5k", "2k", "4k"),
		flag("grounding"), span("safety_tolerance", sandbox.Integer, 0, 4),
	})
	flux2 = slices.Concat(required, common, []sandbox.Field{
		span("safety_tolerance", sandbox.Integer, 0, 5), span("width", sandbox.Integer, 64, 4<<20), span("height", sandbox.Integer, 64, 4<<20),
		img("input_image"), img("input_image_2"), img("input_image_3"), img("input_image_4"),
	})
	flux2More = append(slices.Clone(flux2), img("input_image_5"), img("input_image_6"), img("input_image_7"), img("input_image_8"))
	flux2Flex = append(slices.Clone(flux2More), flag("prompt_upsampling"), span("steps", sandbox.Integer, 1, 50), span("guidance", sandbox.Number, 1.5, 10))

	vto = slices.Concat(required, common, []sandbox.Field{
		span("safety_tolerance", sandbox.Integer, 0, 5),
		{Name: "person", Kind: sandbox.Image, Required: true}, {Name: "garment", Kind: sandbox.Image, Required: true},
	})

	flux1   = slices.Concat(common, []sandbox.Field{span("safety_tolerance", sandbox.Integer, 0, 6), flag("prompt_upsampling")})
	kontext = slices.Concat(required, flux1, []sandbox.Field{
		text("aspect_ratio", ratios...),
		img("input_image"), img("input_image_2"), img("input_image_3"), img("input_image_4"),
	})
	flux11 = slices.Concat(flux1, []sandbox.Field{text("prompt"), span("width", sandbox.Integer, 256, 1440), span("height", sandbox.Integer, 256, 1440), img("image_prompt")})
	dev    = append(slices.Clone(flux11), span("steps", sandbox.Integer, 1, 50), span("guidance", sandbox.Number, 1.5, 5))
	ultra  = slices.Concat(flux1, []sandbox.Field{
		text("prompt"), text("aspect_ratio", ratios...), flag("raw"), img("image_prompt"), span("image_prompt_strength", sandbox.Number, 0, 1),
	})
)

func text(name string, values ...string) sandbox.Field {
	return sandbox.Field{Name: name, Kind: sandbox.Text, Values: values}
}

func flag(name string) sandbox.Field { return sandbox.Field{Name: name, Kind: sandbox.Flag} }
func img(name string) sandbox.Field  { return sandbox.Field{Name: name, Kind: sandbox.Image} }

func span(name string, kind sandbox.Kind, lowest, highest float64) sandbox.Field {
	return sandbox.Field{Name: name, Kind: kind, Min: lowest, Max: highest}
}

// problems are all faults of a request. Models other than FLUX.3 ignore unknown
// fields.
func (f family) problems(b sandbox.Body) []sandbox.Problem {
	if one := b.Text("images"); one != "" { // a single string is accepted in place of a list
		b["images"] = []any{one}
	}
	maps.DeleteFunc(b, func(name string, v any) bool { // as if absent
		return name == "seed" && v == nil || f.followsInput && (name == "width" || name == "height") && v == json.Number("0")
	})
	out := b.Problems(f.fields, "")
	if !f.strict {
		out = slices.DeleteFunc(out, func(p sandbox.Problem) bool { return p.Rule == sandbox.Unknown })
	}
	bad := func(field string, r sandbox.Rule, text string) {
		out = append(out, sandbox.Problem{Field: field, Rule: r, Text: text})
	}
	for _, name := range []string{"width", "height"} {
		if f.step > 0 && b.Int(name)%f.step != 0 {
			bad(name, sandbox.OutOfRange, fmt.Sprintf("should be a multiple of %d", f.step))
		}
	}
	if f.step > 0 && b.Int("width")*b.Int("height") > 4<<20 {
		bad("width", sandbox.OutOfRange, "should make at most 4 megapixels")
	}
	for _, i := range f.images(b) {
		p, inline := sandbox.ReadPicture(i.text)
		switch {
		case strings.HasPrefix(i.text, "data:") || i.field == "image_prompt" && sandbox.IsAddress(i.text):
			bad(i.field, sandbox.NoImage, "should be base64, without a prefix")
		case f.strict && inline && (min(p.Width, p.Height) < 256 || p.Width*p.Height > 16<<20 || len(i.text) > 20<<20):
			bad(i.field, sandbox.OutOfRange, "should have at least 256 pixels a side, 16 megapixels and 20 MB at most")
		}
	}
	return out
}

// inputImage is an input image of a request.
type inputImage struct{ field, text string }

// images are the input images of a request, in the order of the fields.
func (f family) images(b sandbox.Body) (out []inputImage) {
	for _, field := range f.fields {
		switch {
		case field.Kind == sandbox.Image && b.Text(field.Name) != "":
			out = append(out, inputImage{field.Name, b.Text(field.Name)})
		case field.Kind == sandbox.List:
			for i, s := range b.Texts(field.Name) {
				out = append(out, inputImage{fmt.Sprint(field.Name, ".", i), s})
			}
		}
	}
	return out
}
