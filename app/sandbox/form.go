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
	head  []byte
	size  int
}

// fileHead is how many bytes of a file are kept: the sandbox may run in a process with
// the service, and nothing but the header of an image is read.
const fileHead = 1 << 20

// Picture decodes the header of an image; ok is false for another file.
func (f File) Picture() (p Picture, ok bool) {
	if p, ok = decodePicture(f.head); ok {
		p.Size = f.size
	}
	return p, ok
}

func readFile(field string, r io.Reader) (File, error) {
	head, err := io.ReadAll(io.LimitReader(r, fileHead))
	if err != nil {
		return File{}, err
	}
	more, err := io.Copy(io.Discard, io.LimitReader(r, maxBody))
	return File{Field: field, head: head, size: len(head) + int(more)}, err
}

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
		name := part.FormName()
		if part.FileName() != "" {
			f, err := readFile(name, part)
			if err != nil {
				return nil, nil, fmt.Errorf("the form is broken: %w", err)
			}
			files = append(files, f)
			continue
		}
		data, err := io.ReadAll(io.LimitReader(part, maxBody))
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("the form is broken: %w", err)
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
