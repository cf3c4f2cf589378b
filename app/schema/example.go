package schema

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/module"
)

// Example is a small valid input: the required fields, and the images without which
// the input's own check refuses it. Images are [SampleImage].
func (s *Schema) Example() map[string]any {
	out := map[string]any{}
	for _, f := range s.fields {
		if f.Required {
			out[f.Name] = s.sample(f)
		}
	}
	for _, name := range s.refused(out) {
		if f, known := s.Field(name); known && f.Image {
			out[name] = s.sample(f)
		}
	}
	return out
}

// refused returns the fields that the input's own check objects to.
func (s *Schema) refused(input map[string]any) (names []string) {
	doc, err := json.Marshal(input)
	v := reflect.New(s.typ)
	if err != nil || json.Unmarshal(doc, v.Interface()) != nil {
		return nil // not expected: the values have the types of the fields
	}
	if c, ok := v.Interface().(module.InputChecker); ok {
		for _, f := range c.Check() {
			names = append(names, f.Field)
		}
	}
	return names
}

// sample is an example of a field's value: that of its tag, its default, or one of its
// type.
func (s *Schema) sample(f Field) any {
	p := s.root.props[f.Name].schema
	var v any
	switch {
	case f.Image:
		v = SampleImage()
	case len(p.Examples) > 0:
		return p.Examples[0]
	case f.Default != nil:
		return f.Default
	case len(p.Enum) > 0:
		return p.Enum[0]
	case f.Type == huma.TypeString:
		v = "a red fox in the snow"
	case f.Type == huma.TypeBoolean:
		v = false
	case f.Type == huma.TypeObject:
		v = map[string]any{}
	case f.Minimum != nil:
		v = *f.Minimum
	default:
		v = 1
	}
	if f.Many {
		return []any{v}
	}
	return v
}

// SampleImage is a small PNG of 512 x 512 pixels as a data URL: large enough for the
// limits of all vendors.
var SampleImage = sync.OnceValue(func() string {
	const side, margin = 512, 128
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.RGBA{0xd9, 0x5b, 0x1e, 0xff}})
	for y := margin; y < side-margin; y++ {
		for x := margin; x < side-margin; x++ {
			img.SetColorIndex(x, y, 1)
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		panic("schema: " + err.Error()) // not expected: the image is in memory
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
})
