package sandbox

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// Prefixes of base ids, as in the table of the vendor's page.
var (
	old     = []string{"seedream-3-0", "seededit-3-0"}
	series  = []string{"seedream-4-0", "seedream-4-5", "seedream-5-0-2"}
	lite    = []string{"seedream-5-0-2"}
	layered = []string{"seedream-5-0-pro", "seedream-5-0-flash", "seedream-5-5"}
)

var fields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true},
	{Name: "image", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Text}}, // a single string is converted to a list first
	{Name: "size", Kind: sandbox.Text},
	{Name: "seed", Kind: sandbox.Integer, Min: -1, Max: 2147483647, Only: old},
	{Name: "guidance_scale", Kind: sandbox.Number, Min: 1, Max: 10, Only: old},
	{Name: "watermark", Kind: sandbox.Flag},
	{Name: "response_format", Kind: sandbox.Text, Values: []string{"url", "b64_json"}},
	{Name: "output_format", Kind: sandbox.Text, Values: []string{"png", "jpeg"}, Only: []string{"seedream-5"}},
	{Name: "sequential_image_generation", Kind: sandbox.Text, Values: []string{"auto", "disabled"}, Only: series},
	{Name: "sequential_image_generation_options", Kind: sandbox.Object, Only: series, Fields: []sandbox.Field{{Name: "max_images", Kind: sandbox.Integer, Min: 1, Max: 15}}},
	{Name: "stream", Kind: sandbox.Flag, Only: series},
	{Name: "optimize_prompt_options", Kind: sandbox.Object, Only: []string{"seedream-4", "seedream-5"}, Fields: []sandbox.Field{
		{Name: "mode", Kind: sandbox.Text, Values: []string{"standard", "fast"}},
		{Name: "thinking", Kind: sandbox.Text, Values: []string{"auto", "enabled", "disabled"}},
	}},
	{Name: "tools", Kind: sandbox.List, Only: lite, Fields: []sandbox.Field{{Name: "type", Kind: sandbox.Text, Required: true, Values: []string{"web_search"}}}},
	{Name: "background", Kind: sandbox.Text, Values: []string{"auto", "transparent", "opaque"}, Only: layered},
	{Name: "layer_decomposition", Kind: sandbox.Flag, Only: layered},
}

// sizes are the sizes and the number of input images of a family of models.
type sizes struct {
	tiers       []string
	min, max    int // pixels
	defaultSize string
	images      int // maximum number of input images
}

// sizesOf returns the sizes of a model by its base id.
func sizesOf(model string) sizes {
	switch {
	case strings.HasPrefix(model, "seedream-4-0"):
		return sizes{[]string{"1K", "2K", "4K"}, 921_600, 16_777_216, "2048x2048", 14}
	case strings.HasPrefix(model, "seedream-4-5"):
		return sizes{[]string{"2K", "4K"}, 3_686_400, 16_777_216, "2048x2048", 14}
	case hasAnyPrefix(model, lite):
		return sizes{[]string{"2K", "3K", "4K"}, 3_686_400, 16_777_216, "2048x2048", 14}
	}
	return sizes{[]string{"1K", "1.5K", "2K"}, 921_600, 4_624_220, "2K", 10}
}

func hasAnyPrefix(model string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(model, p) })
}

// check is the vendor's error for the first fault of a request; nil if it has none.
// A field that the model does not support is refused whatever its value.
func (s server) check(b sandbox.Body) *apiError {
	served := s.model(b.Text("model"))
	model := baseID(served)
	if b.Has("image") {
		b["image"] = b.List("image")
	}
	problems := b.Problems(fields, model)
	if p, ok := sandbox.Find(problems, sandbox.Missing); ok {
		return &apiError{http.StatusBadRequest, "MissingParameter", p.Field, "The required parameter " + p.Field + " is missing."}
	}
	if served == "" {
		return &apiError{http.StatusNotFound, "InvalidEndpointOrModel.NotFound", "model", "The model or endpoint does not exist or you do not have access to it."}
	}
	if len(problems) > 0 {
		return invalid(problems[0].Field, "The parameter %s %s.", problems[0].Field, problems[0].Text)
	}
	if bad := sizesOf(model).check(b.Text("size")); bad != nil {
		return bad
	}
	images := b.Texts("image")
	if most := sizesOf(model).images; len(images) > most {
		return invalid("image", "The model takes at most %d images.", most)
	}
	for _, img := range images {
		if bad := checkImage(img); bad != nil {
			return bad
		}
	}
	for _, rule := range []struct {
		broken         bool
		param, message string
	}{
		{b.Flag("stream"), "stream", "The sandbox does not stream."},
		{b.Object("sequential_image_generation_options").Int("max_images")+len(images) > 15, "sequential_image_generation_options.max_images", "Input and output images may be 15 together."},
		{b.Object("optimize_prompt_options").Text("mode") == "fast" && !hasAnyPrefix(model, []string{"seedream-4-0", "seedream-5-0-pro"}), "optimize_prompt_options.mode", "The mode is not supported by the model."},
		{b.Flag("layer_decomposition") && len(images) != 1, "layer_decomposition", "layer_decomposition needs exactly one input image."},
		{b.Flag("layer_decomposition") && b.Has("background"), "background", "background does not go with layer_decomposition."},
	} {
		if rule.broken {
			return invalid(rule.param, "%s", rule.message)
		}
	}
	return nil
}

func (s sizes) check(size string) *apiError {
	w, h, ok := provider.ParseSize(size)
	rule := provider.SizeRule{MinPixels: s.min, MaxPixels: s.max, MaxStretch: 16}
	if size == "" || slices.Contains(s.tiers, size) || ok && size == provider.FormatSize(w, h) && rule.Check(w, h) == "" {
		return nil
	}
	return invalid("size", "The size must be one of %v, or WIDTHxHEIGHT of %d to %d pixels.", s.tiers, s.min, s.max)
}

// dataURL is the required form of an inline image: the format in lower case.
var dataURL = regexp.MustCompile(`^data:image/(jpeg|png|webp|bmp|tiff|gif);base64,`)

func checkImage(img string) *apiError {
	head := dataURL.FindString(img)
	data, err := base64.StdEncoding.DecodeString(img[len(head):])
	switch {
	case sandbox.IsAddress(img):
		return nil
	case head == "":
		return &apiError{http.StatusBadRequest, "InvalidParameter.UnsupportedImageFormat", "image", "The image must be a URL or data:image/<format in lower case>;base64,…"}
	case err != nil || len(data) == 0:
		return invalid("image", "The base64 of the image is not valid.")
	}
	p, _ := sandbox.ReadPicture(img) // the size of BMP and TIFF is not read
	rule := provider.ImageRule{MaxBytes: 30 << 20, MinSide: 15, MaxPixels: 36_000_000, MaxStretch: 16}
	if m := rule.Check(provider.Input{Size: int64(len(data)), Width: p.Width, Height: p.Height}); m != "" {
		return invalid("image", "The image is not valid:%s.", m)
	}
	return nil
}
