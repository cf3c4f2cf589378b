package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // a format of inputs
	_ "image/jpeg" // a format of inputs
	_ "image/png"  // a format of inputs
	"io"
	"net/http"
	"strings"

	_ "golang.org/x/image/webp" // a format of inputs
)

// Body is the JSON object of a request. Imitations read its fields by the names in
// the vendor's documentation and never with the client's structs: a misspelt field
// name in those would not be found.
type Body map[string]any

// maxBody holds 14 images of 30 MB as base64.
const maxBody = 600 << 20

// ReadJSON reads the JSON object of a request. Numbers are [json.Number], so that
// large ones keep their digits.
func ReadJSON(r *http.Request) (Body, error) { return readJSON(io.LimitReader(r.Body, maxBody)) }

// ParseJSON parses a JSON object that was read already: a body whose signature has
// to be checked first, or a text field with JSON in it.
func ParseJSON[T string | []byte](text T) (Body, error) {
	return readJSON(strings.NewReader(string(text)))
}

func readJSON(r io.Reader) (Body, error) {
	d := json.NewDecoder(r)
	d.UseNumber()
	var b Body
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("the body is not a JSON object: %w", err)
	}
	if b == nil {
		return nil, errors.New("the body is not a JSON object: it is null")
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // the decoder gives it as it is
		return nil, errors.New("there is more data after the JSON object")
	}
	return b, nil
}

// Has reports whether the body has a field, of any type.
func (b Body) Has(name string) bool { _, ok := b[name]; return ok }

// Text returns the value of a string field; empty for another type.
func (b Body) Text(name string) string { s, _ := b[name].(string); return s }

// Or returns the value of a string field, or usual, the vendor's default, if it is
// empty or absent.
func (b Body) Or(name, usual string) string {
	if s := b.Text(name); s != "" {
		return s
	}
	return usual
}

// Number returns the value of a number field; 0 for another type.
func (b Body) Number(name string) float64 { f, _ := number(b[name]); return f }

// Int returns the value of a number field without its fraction.
func (b Body) Int(name string) int { return int(b.Number(name)) }

// Flag reports whether a field is true.
func (b Body) Flag(name string) bool { v, _ := b[name].(bool); return v }

// Object returns the value of an object field; nil for another type.
func (b Body) Object(name string) Body { o, _ := b[name].(map[string]any); return o }

// List returns the items of a list field. A value of another type is a list of one.
func (b Body) List(name string) []any {
	switch v := b[name].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// Texts returns the strings of a list field.
func (b Body) Texts(name string) (out []string) {
	for _, v := range b.List(name) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// Picture describes an image of a request.
type Picture struct {
	MIME          string
	Width, Height int
	Size          int // bytes
}

// ReadPicture decodes the header of an image that is base64 or a data URL. ok is
// false for a URL and for data that is not an image.
func ReadPicture(text string) (p Picture, ok bool) { return decodePicture(imageBytes(text)) }

// imageBytes decodes base64 or a data URL; nil for a URL and for anything else.
func imageBytes(text string) []byte {
	if head, data, found := strings.Cut(text, ","); found && strings.HasPrefix(head, "data:") {
		if !strings.HasSuffix(head, ";base64") {
			return nil
		}
		text = data
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return data
}

func decodePicture(data []byte) (p Picture, ok bool) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return p, false
	}
	return Picture{MIME: "image/" + format, Width: c.Width, Height: c.Height, Size: len(data)}, true
}

// IsAddress reports whether an image of a request is an HTTP URL.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}
