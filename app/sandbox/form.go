package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// File is a file of a form.
type File struct {
	Field string
	Data  []byte
}

// Picture decodes the header of an image; ok is false for another file.
func (f File) Picture() (p Picture, ok bool) { return decodePicture(f.Data) }

// ReadForm reads a multipart form: its fields as a body, and its files in the order
// in which they were sent. A field whose Kind is not Text is parsed as JSON, and
// stays text if that fails. Fields of the same name become a list.
func ReadForm(r *http.Request, fields []Field) (Body, []File, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, nil, fmt.Errorf("the body is not a form: %w", err)
	}
	kinds := map[string]Kind{}
	for _, f := range fields {
		kinds[f.Name] = f.Kind
	}
	body, files := Body{}, []File{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return body, files, nil
		}
		if err != nil {
			return nil, nil, fmt.Errorf("the form is broken: %w", err)
		}
		data, err := io.ReadAll(io.LimitReader(part, maxBody))
		name := part.FormName()
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("the form is broken: %w", err)
		case part.FileName() != "":
			files = append(files, File{Field: name, Data: data})
		case body.Has(name):
			body[name] = append(body.List(name), formValue(kinds[name], string(data)))
		default:
			body[name] = formValue(kinds[name], string(data))
		}
	}
}

func formValue(kind Kind, text string) any {
	if kind == "" || kind == Text || kind == Image {
		return text
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return text
	}
	return v
}
