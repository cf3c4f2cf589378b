package sandbox

import (
	"slices"
	"strings"

	"aigc/app/sandbox"
)

// fields are the fields of predictLongRunning.
var fields = []sandbox.Field{
	{Name: "instances", Kind: sandbox.List, Required: true, MaxLen: 1, Fields: []sandbox.Field{
		{Name: "prompt", Kind: sandbox.Text},
		{Name: "image", Kind: sandbox.Object, Fields: imageFields},
		{Name: "lastFrame", Kind: sandbox.Object, Fields: imageFields},
		{Name: "video", Kind: sandbox.Object, Fields: []sandbox.Field{
			{Name: "bytesBase64Encoded", Kind: sandbox.Text},
			{Name: "gcsUri", Kind: sandbox.Text},
			{Name: "mimeType", Kind: sandbox.Text, Required: true, Values: []string{"video/mp4"}},
		}},
		{Name: "referenceImages", Kind: sandbox.List, MaxLen: 3, Fields: []sandbox.Field{
			{Name: "image", Kind: sandbox.Object, Required: true, Fields: imageFields},
			{Name: "referenceType", Kind: sandbox.Text, Required: true, Values: []string{"asset"}},
		}},
	}},
	{Name: "parameters", Kind: sandbox.Object, Fields: []sandbox.Field{
		{Name: "durationSeconds", Kind: sandbox.Integer},
		{Name: "aspectRatio", Kind: sandbox.Text, Values: []string{"16:9", "9:16"}},
		{Name: "resolution", Kind: sandbox.Text, Values: []string{"720p", "1080p", "4k"}},
		{Name: "sampleCount", Kind: sandbox.Integer, Min: 1, Max: 4},
		{Name: "generateAudio", Kind: sandbox.Flag},
		{Name: "negativePrompt", Kind: sandbox.Text},
		{Name: "personGeneration", Kind: sandbox.Text, Values: []string{"allow_adult", "dont_allow", "allow_all"}},
		{Name: "seed", Kind: sandbox.Integer, Max: 1<<32 - 1},
		{Name: "storageUri", Kind: sandbox.Text},
		{Name: "enhancePrompt", Kind: sandbox.Flag},
		{Name: "compressionQuality", Kind: sandbox.Text, Values: []string{"optimized", "lossless"}},
		{Name: "resizeMode", Kind: sandbox.Text, Values: []string{"pad", "crop"}},
	}},
	{Name: "labels", Kind: sandbox.Object},
}

var imageFields = []sandbox.Field{
	{Name: "bytesBase64Encoded", Kind: sandbox.Image},
	{Name: "gcsUri", Kind: sandbox.Text},
	{Name: "mimeType", Kind: sandbox.Text, Required: true, Values: []string{"image/jpeg", "image/png"}},
}

// instance is the only instance of a request; nil if there is none.
func instance(b sandbox.Body) sandbox.Body {
	for _, v := range b.List("instances") {
		in, _ := v.(map[string]any)
		return in
	}
	return nil
}

// check is the vendor's error for the first fault of a request; nil if it has none.
// Unknown fields are ignored, as Google does.
func check(b sandbox.Body, model string) *problem {
	for _, p := range b.Problems(fields, model) {
		if p.Rule != sandbox.Unknown {
			return invalid(p.Field + " " + p.Text + ".")
		}
	}
	in, p := instance(b), b.Object("parameters")
	frame, video, refs, lite := in.Has("image"), in.Has("video"), in.Has("referenceImages"), strings.Contains(model, "-lite-")
	large, length := p.Text("resolution") == "1080p" || p.Text("resolution") == "4k", p.Int("durationSeconds")
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{in.Text("prompt") == "" && !frame && !video, "A prompt is required."},
		{frame && video || refs && (frame || video), "Image, video and reference images exclude each other."},
		{in.Has("lastFrame") && !frame, "The last frame needs an image."},
		{refs && lite, "The model takes no reference images."},
		{p.Text("resolution") == "4k" && lite, "4k is not supported by this model."},
		{p.Has("durationSeconds") && !slices.Contains([]int{4, 6, 8}, length), "Unsupported output video duration, supported durations are 4, 6 and 8 seconds."},
		{p.Has("durationSeconds") && length != 8 && !lite && (refs || large), "The duration must be 8 seconds here."},
		{empty(in, "image") || empty(in, "lastFrame") || empty(in, "video"), "An image or video has bytesBase64Encoded or gcsUri."},
	} {
		if rule.broken {
			return invalid(rule.text)
		}
	}
	return nil
}

// empty reports whether a field is an image or video with neither bytes nor URI.
func empty(in sandbox.Body, field string) bool {
	m := in.Object(field)
	return in.Has(field) && m.Text("bytesBase64Encoded") == "" && m.Text("gcsUri") == ""
}
