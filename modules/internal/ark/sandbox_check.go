package ark

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// complaint is what the real service would say of a request; nil if nothing.
// A field that a model does not know is refused for being there at all.
func (r request) complaint(fields map[string]json.RawMessage) *no {
	t := TraitsOf(served(r.Model))
	switch {
	case r.Model == "":
		return &no{http.StatusBadRequest, "MissingParameter", "The required parameter model is missing.", "model"}
	case r.Prompt == "":
		return &no{http.StatusBadRequest, "MissingParameter", "The required parameter prompt is missing.", "prompt"}
	case served(r.Model) == "":
		return &no{http.StatusNotFound, "InvalidEndpointOrModel.NotFound", "The model or endpoint does not exist or you do not have access to it.", "model"}
	}
	for _, f := range []struct {
		name  string
		taken bool
	}{
		{"seed", t.Old}, {"guidance_scale", t.Old}, {"output_format", t.Format},
		{"sequential_image_generation", t.Sequential}, {"sequential_image_generation_options", t.Sequential},
		{"optimize_prompt_options", t.Optimize}, {"tools", t.Search}, {"background", t.Layered}, {"layer_decomposition", t.Layered},
	} {
		if _, there := fields[f.name]; there && !f.taken {
			return invalid(f.name, "The parameter %s is not supported by the model.", f.name)
		}
	}
	for _, f := range []struct {
		name, value string
		values      []string
	}{
		{"response_format", r.ResponseFormat, []string{"url", "b64_json"}},
		{"output_format", r.OutputFormat, []string{"png", "jpeg"}},
		{"sequential_image_generation", r.Sequential, []string{"auto", "disabled"}},
		{"background", r.Background, []string{"auto", "transparent", "opaque"}},
	} {
		if f.value != "" && !slices.Contains(f.values, f.value) {
			return invalid(f.name, "The parameter %s must be one of %v.", f.name, f.values)
		}
	}
	if bad := r.sizeComplaint(t); bad != nil {
		return bad
	}
	if bad := r.imageComplaint(t); bad != nil {
		return bad
	}
	return r.optionComplaint(t)
}

func (r request) sizeComplaint(t Traits) *no {
	w, h, explicit := parseSize(r.Size)
	switch {
	case r.Size == "":
	case explicit:
		if m := t.sizeFault(w, h); m != "" {
			return invalid("size", "The size is not valid: %s.", m)
		}
	case !slices.Contains(t.Tiers, r.Size):
		return invalid("size", "The size must be WIDTHxHEIGHT or one of %v.", t.Tiers)
	}
	return nil
}

func (r request) imageComplaint(t Traits) *no {
	if len(r.Images.list) > t.MaxInputs {
		return invalid("image", "The model takes at most %d images.", t.MaxInputs)
	}
	for _, img := range r.Images.list {
		if strings.HasPrefix(img, "http://") || strings.HasPrefix(img, "https://") {
			continue
		}
		head, data, _ := strings.Cut(img, ",")
		kind, ok := strings.CutSuffix(strings.TrimPrefix(head, "data:"), ";base64")
		if !ok || !slices.Contains(newTypes, kind) { // upper case is refused too
			return &no{http.StatusBadRequest, "InvalidParameter.UnsupportedImageFormat", "The image must be a URL or data:image/<format in lower case>;base64,…", "image"}
		}
		if base64.StdEncoding.DecodedLen(len(data)) > maxPicture+2 {
			return invalid("image", "The image is larger than 30 MB.")
		}
		if _, err := base64.StdEncoding.DecodeString(data); err != nil || data == "" {
			return invalid("image", "The base64 of the image is not valid.")
		}
	}
	return nil
}

func (r request) optionComplaint(t Traits) *no {
	if o := r.SequentialOpts; o != nil {
		switch {
		case o.MaxImages < 1 || o.MaxImages > series:
			return invalid("sequential_image_generation_options.max_images", "max_images must be 1 to 15.")
		case o.MaxImages+len(r.Images.list) > series:
			return invalid("sequential_image_generation_options.max_images", "Input and output images may be 15 together.")
		}
	}
	if o := r.Optimize; o != nil {
		modes := []string{"", "standard"}
		if t.Fast {
			modes = append(modes, "fast")
		}
		switch {
		case !slices.Contains(modes, o.Mode):
			return invalid("optimize_prompt_options.mode", "The mode is not supported by the model.")
		case !slices.Contains([]string{"", "auto", "enabled", "disabled"}, o.Thinking):
			return invalid("optimize_prompt_options.thinking", "thinking must be auto, enabled or disabled.")
		}
	}
	for _, tool := range r.Tools {
		if tool.Type != "web_search" {
			return invalid("tools.type", "The tool is not supported.")
		}
	}
	switch {
	case r.Layers && len(r.Images.list) != 1:
		return invalid("layer_decomposition", "layer_decomposition needs exactly one input image.")
	case r.Layers && r.Background != "":
		return invalid("background", "background does not go with layer_decomposition.")
	}
	return nil
}
