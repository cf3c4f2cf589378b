package sandbox

import (
	"slices"
	"strings"

	"aigc/app/sandbox"
)

// endpoint is one path below /v2beta/stable-image/generate.
type endpoint struct {
	fields  []sandbox.Field
	area    int // of the result in pixels
	image   bool
	modes   bool // an image is allowed in the mode image-to-image only
	maxSide int  // of the input image; 0: no limit
}

var ratios = []string{"21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21"}

// common are the fields of all endpoints.
func common(formats ...string) []sandbox.Field {
	return []sandbox.Field{
		{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 10000},
		{Name: "negative_prompt", Kind: sandbox.Text, MaxLen: 10000},
		{Name: "aspect_ratio", Kind: sandbox.Text, Values: ratios},
		{Name: "seed", Kind: sandbox.Integer, Min: 0, Max: 4294967294},
		{Name: "output_format", Kind: sandbox.Text, Values: formats},
	}
}

var strength = sandbox.Field{Name: "strength", Kind: sandbox.Number, Min: 0, Max: 1}

// endpoints are the paths. models are those of the sd3 path, old ids included.
func endpoints(models []string) map[string]endpoint {
	models = slices.DeleteFunc(slices.Clone(models), func(id string) bool { return !strings.HasPrefix(id, "sd3") })
	return map[string]endpoint{
		"ultra": {area: 1 << 20, image: true, maxSide: 16384, fields: append(common("png", "jpeg", "webp"), strength)},
		"core": {area: 3 << 19, fields: append(common("png", "jpeg", "webp"), sandbox.Field{Name: "style_preset", Kind: sandbox.Text, Values: []string{
			"enhance", "anime", "photographic", "digital-art", "comic-book", "fantasy-art", "line-art", "analog-film", "neon-punk", "isometric",
			"low-poly", "origami", "modeling-compound", "cinematic", "3d-model", "pixel-art", "tile-texture",
		}})},
		"sd3": {area: 1 << 20, image: true, modes: true, fields: append(common("png", "jpeg"), strength,
			sandbox.Field{Name: "model", Kind: sandbox.Text, Values: append(models, "sd3-large", "sd3-large-turbo", "sd3-medium")},
			sandbox.Field{Name: "mode", Kind: sandbox.Text, Values: []string{"text-to-image", "image-to-image"}},
			sandbox.Field{Name: "cfg_scale", Kind: sandbox.Number, Min: 1, Max: 10},
		)},
	}
}

// problem is the first fault of a request, as "field: what is wrong"; empty if there is
// none.
func (e endpoint) problem(b sandbox.Body, files []sandbox.File) string {
	if p := b.Problems(e.fields, ""); len(p) > 0 {
		return p[0].Field + ": " + p[0].Text
	}
	if why := e.fileProblem(files); why != "" {
		return why
	}
	edits := len(files) > 0
	switch changes := b.Text("mode") == "image-to-image"; {
	case b.Has("strength") && !edits:
		return "strength: is allowed with an image only"
	case edits && !e.modes && !b.Has("strength"):
		return "strength: is required with an image"
	case e.modes && changes != edits:
		return "image: is required in the mode image-to-image, and only there"
	case changes && b.Has("aspect_ratio"):
		return "aspect_ratio: is not allowed in the mode image-to-image"
	case b.Has("negative_prompt") && strings.HasSuffix(b.Text("model"), "-turbo"):
		return "negative_prompt: is not supported by the model"
	}
	return ""
}

func (e endpoint) fileProblem(files []sandbox.File) string {
	for _, f := range files {
		p, ok := f.Picture()
		switch {
		case f.Field != "image" || !e.image || len(files) > 1:
			return f.Field + ": no such file, or more than one"
		case !ok || !slices.Contains([]string{"image/png", "image/jpeg", "image/webp"}, p.MIME):
			return "image: must be a jpeg, png or webp"
		case min(p.Width, p.Height) < 64 || e.maxSide > 0 && max(p.Width, p.Height) > e.maxSide:
			return "image: has sides outside of the limits"
		}
	}
	return ""
}
