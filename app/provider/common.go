package provider

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Common is a request in the vocabulary that hosts of many vendors' models share, such
// as aggregators that speak OpenAI's dialect. Zero values were not requested.
type Common struct {
	Prompt         string
	N              int    // number of results
	Size           string // WIDTHxHEIGHT, a tier such as 2K, or auto
	AspectRatio    string // WIDTH:HEIGHT
	Quality        string // the vendor's word
	Style          string // the vendor's word
	NegativePrompt string // what the result must not show
	Seed           *int64
	Images         []ImageRef // input images, the image to edit first
	Mask           ImageRef   // of the first image
	OutputFormat   string     // png, jpeg, webp …
	Background     string     // transparent, opaque or auto
	Watermark      *bool      // whether the result is marked as made by AI
	Seconds        int        // duration of a video
	Resolution     string     // of a video: 720p, 1080p, 4k

	// Other holds the input's other fields that differ from their defaults, by their
	// JSON names. See [Common.WithOther].
	Other map[string]any

	// Omitted names the input's fields with images or videos that are in neither Images
	// nor Mask: the vocabulary has no place for them. Set by WithOther.
	Omitted []string
}

// CommonInput is implemented by an input struct that can be expressed in the common
// vocabulary, at least in part.
type CommonInput interface{ Common() Common }

// WithOther fills Other with the fields of the input struct in, except those whose values
// the caller of WithOther has already put into c: fields with a name of the common
// vocabulary, images, and the named ones (old names and fields that became another).
func (c Common) WithOther(in any, named ...string) Common {
	raw, _ := json.Marshal(in) // an input struct is plain data
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // keeps large seeds exact
	_ = d.Decode(&fields)
	c.Other, c.Omitted = map[string]any{}, nil
	for _, f := range reflect.VisibleFields(reflect.TypeOf(in)) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		value, given := fields[name]
		if isImage(f.Type) && !c.hasAll(value) {
			c.Omitted = append(c.Omitted, name)
		}
		if !given || value == nil || isImage(f.Type) || slices.Contains(commonNames, name) || slices.Contains(named, name) || isDefault(f.Tag.Get("default"), value) {
			continue
		}
		c.Other[name] = value
	}
	return c
}

// commonNames are the JSON names of the common vocabulary. response_format is among
// them because every answer of ours holds links, and model because the route decides it.
var commonNames = []string{
	"prompt", "model", "n", "size", "aspect_ratio", "quality", "style", "negative_prompt", "seed", "mask",
	"output_format", "background", "watermark", "response_format",
}

// isImage reports whether a field holds input images, which are ids of ours that mean
// nothing to a vendor.
func isImage(t reflect.Type) bool {
	image := reflect.TypeFor[ImageRef]()
	return t == image || t.Kind() == reflect.Slice && t.Elem() == image
}

// hasAll reports whether every image of a field's value is in Images or Mask.
func (c Common) hasAll(value any) bool {
	list, isList := value.([]any)
	if !isList && value != nil {
		list = []any{value}
	}
	for _, v := range list {
		id, _ := v.(string)
		if id != "" && ImageRef(id) != c.Mask && !slices.Contains(c.Images, ImageRef(id)) {
			return false
		}
	}
	return true
}

// isDefault reports whether a field has the default of its declaration: then the caller
// did not ask for it.
func isDefault(tag string, value any) bool {
	if tag == "" {
		return false
	}
	if text, isText := value.(string); isText {
		return text == tag
	}
	raw, _ := json.Marshal(value) // was decoded from JSON
	return string(raw) == tag
}
