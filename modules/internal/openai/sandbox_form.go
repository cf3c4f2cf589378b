package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
)

// file is one picture of an edit.
type file struct {
	field string
	data  []byte
}

// readForm reads the fields of an edit and looks at its files as the real
// service does.
func readForm(r *http.Request) (g imageRequest, files []file, bad *no) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return g, nil, invalid("", "", "Unsupported content type: send multipart/form-data.")
	}
	var mask *file
	for form := multipart.NewReader(r.Body, params["boundary"]); ; {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return g, nil, invalid("", "", "The form is broken.")
		}
		data, err := io.ReadAll(io.LimitReader(p, (50<<20)+1))
		if err != nil {
			return g, nil, invalid("", "", "The form is broken.")
		}
		f := file{p.FormName(), data}
		switch {
		case p.FileName() == "":
			if bad := g.set(f.field, string(data)); bad != nil {
				return g, nil, bad
			}
		case f.field == "mask":
			mask = &f
		case f.field == "image" || f.field == "image[]":
			files = append(files, f)
		default:
			return g, nil, unknown(f.field)
		}
	}
	return g, files, pictureComplaint(files, mask)
}

// set takes one text field.
func (g *imageRequest) set(name, text string) *no {
	if !slices.Contains(fieldNames, name) {
		return unknown(name)
	}
	value := []byte(text)
	switch name {
	case "n", "output_compression":
		if _, err := strconv.Atoi(text); err != nil {
			return invalid(name, "invalid_type", fmt.Sprintf("Invalid type for '%s': expected an integer.", name))
		}
	case "gif", "svg":
	default:
		value, _ = json.Marshal(text) // a string
	}
	if err := json.Unmarshal(fmt.Appendf(nil, `{%q:%s}`, name, value), g); err != nil {
		return invalid(name, "invalid_type", fmt.Sprintf("Invalid type for '%s'.", name))
	}
	return nil
}

func pictureComplaint(files []file, mask *file) *no {
	switch {
	case len(files) == 0:
		return invalid("image", "missing_required_parameter", "Missing required parameter: 'image'.")
	case len(files) > 16:
		return invalid("image", "array_above_max_length", "Invalid 'image': at most 16 pictures.")
	}
	for _, f := range files {
		switch {
		case f.field == "image" && len(files) > 1:
			return invalid("image", "duplicate_parameter", "Duplicate parameter: 'image'. Use 'image[]' for several pictures.")
		case len(f.data) >= (50 << 20):
			return invalid("image", "invalid_image_file", "Each picture must be less than 50 MB.")
		case !slices.Contains(imageRule.Types, http.DetectContentType(f.data)):
			return invalid("image", "invalid_image_file", "Invalid image file or mode: png, jpeg and webp are supported.")
		}
	}
	if mask == nil {
		return nil
	}
	cut, err := png.DecodeConfig(bytes.NewReader(mask.data))
	if err != nil || len(mask.data) >= (4<<20) {
		return invalid("mask", "invalid_image_file", "The mask must be a png of less than 4 MB.")
	}
	if whole, err := png.DecodeConfig(bytes.NewReader(files[0].data)); err == nil && (whole.Width != cut.Width || whole.Height != cut.Height) {
		return invalid("mask", "invalid_value", "The mask must have the size of the first image.")
	}
	return nil
}
