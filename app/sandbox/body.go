package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // what vendors read
	_ "image/jpeg" // what vendors read
	_ "image/png"  // what vendors read
	"io"
	"net/http"
	"strings"

	_ "golang.org/x/image/webp" // what vendors read
)

// Body is a request as it came over the wire, read by the names of the vendor's
// sheet and never through the client's structs: a misspelt field must not
// agree with itself.
type Body map[string]any

// maxBody holds 14 images of 30 MB as base64.
const maxBody = 600 << 20

// ReadJSON reads a JSON object. Numbers stay as they were written.
func ReadJSON(r *http.Request) (Body, error) { return readJSON(io.LimitReader(r.Body, maxBody)) }

// ParseJSON reads a JSON object that is already at hand: a body whose signature
// covers its bytes, or a field that holds JSON as text.
func ParseJSON[T string | []byte](text T) (Body, error) {
	return readJSON(strings.NewReader(string(text)))
}

func readJSON(r io.Reader) (Body, error) {
	d := json.NewDecoder(r)
	d.UseNumber()
	var b Body
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("the body is no JSON object: %w", err)
	}
	if b == nil {
		return nil, errors.New("the body is no JSON object: it is null")
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // the decoder gives it as it is
		return nil, errors.New("something follows the JSON object")
	}
	return b, nil
}

// Has says whether a field is there at all.
func (b Body) Has(name string) bool { _, ok := b[name]; return ok }

// Text is a field that is a string; empty for anything else.
func (b Body) Text(name string) string { s, _ := b[name].(string); return s }

// Or is a text field, or what the vendor takes where it is absent.
func (b Body) Or(name, usual string) string {
	if s := b.Text(name); s != "" {
		return s
	}
	return usual
}

// Number is a field that is a number; 0 for anything else.
func (b Body) Number(name string) float64 { f, _ := number(b[name]); return f }

// Int is a field that is a number, without its fraction.
func (b Body) Int(name string) int { return int(b.Number(name)) }

// Flag is a field that is true.
func (b Body) Flag(name string) bool { v, _ := b[name].(bool); return v }

// Object is a field that is an object; empty for anything else.
func (b Body) Object(name string) Body { o, _ := b[name].(map[string]any); return o }

// List is a field that is a list, or its only item where one stands alone.
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

// Texts are the strings of a list.
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

// Picture is an image of a request.
type Picture struct {
	MIME          string
	Width, Height int
	Size          int // bytes
}

// ReadPicture decodes the head of an image that a request holds as base64 or
// as a data URL. ok is false for an address, and for what is no image.
func ReadPicture(text string) (p Picture, ok bool) {
	if head, data, found := strings.Cut(text, ","); found && strings.HasPrefix(head, "data:") {
		if !strings.HasSuffix(head, ";base64") {
			return p, false
		}
		text = data
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return p, false
	}
	return decodePicture(data)
}

func decodePicture(data []byte) (p Picture, ok bool) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return p, false
	}
	return Picture{MIME: "image/" + format, Width: c.Width, Height: c.Height, Size: len(data)}, true
}

// IsAddress says whether an image of a request is an address.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
}
