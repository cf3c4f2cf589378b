package sandbox

import (
	"slices"
	"strings"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// fields are the fields of POST /images/generations for a model. Edits have them
// too.
func (v vendor) fields(model string) []sandbox.Field {
	const gen25, gen26 = "gpt-image-2.5-", "gpt-image-2.6-"
	qualities, formats := []string{"auto", "low", "medium", "high"}, []string{"png", "jpeg", "webp"}
	if strings.HasPrefix(model, gen25) || strings.HasPrefix(model, gen26) {
		qualities = append(qualities, "xhigh", "max")
	}
	if strings.HasPrefix(model, gen26) {
		formats = append(formats, "svg", "gif")
	}
	return []sandbox.Field{
		{Name: "model", Kind: sandbox.Text, Required: true, Values: v.models},
		{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 32000},
		{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 10},
		{Name: "size", Kind: sandbox.Text},
		{Name: "quality", Kind: sandbox.Text, Values: qualities},
		{Name: "background", Kind: sandbox.Text, Values: []string{"auto", "opaque", "transparent"}},
		{Name: "output_format", Kind: sandbox.Text, Values: formats},
		{Name: "output_compression", Kind: sandbox.Integer, Max: 100},
		{Name: "moderation", Kind: sandbox.Text, Values: []string{"auto", "low"}},
		{Name: "user", Kind: sandbox.Text},
		{Name: "complexity", Kind: sandbox.Text, Values: []string{"low", "medium", "high"}, Only: []string{gen26}},
		{Name: "gif", Kind: sandbox.Object, Only: []string{gen26}, Fields: []sandbox.Field{
			{Name: "frame_count", Kind: sandbox.Integer, Min: 2, Max: 16},
			{Name: "frame_duration_ms", Kind: sandbox.Integer},
		}},
		{Name: "svg", Kind: sandbox.Object, Only: []string{gen26}, Fields: []sandbox.Field{{Name: "model", Kind: sandbox.Text}}},
	}
}

// inputFidelity is a field of edits only.
var inputFidelity = sandbox.Field{Name: "input_fidelity", Kind: sandbox.Text, Values: []string{"low", "high"}, Only: []string{"gpt-image-1.5"}}

// check is the vendor's error for the first fault of a request; nil if it has none.
func check(b sandbox.Body, fields []sandbox.Field) *apiError {
	if problems := b.Problems(fields, b.Text("model")); len(problems) > 0 {
		return fieldProblem(problems[0])
	}
	format := b.Or("output_format", "png")
	switch {
	case b.Has("output_compression") && format != "jpeg" && format != "webp":
		return invalid("output_compression", "invalid_value", "Compression is for jpeg and webp.")
	case b.Text("background") == "transparent" && format != "png" && format != "webp":
		return invalid("background", "invalid_value", "Transparent background is for png and webp.")
	case b.Has("gif") && format != "gif", b.Has("svg") && format != "svg":
		return invalid("output_format", "invalid_value", "The options are not of this output format.")
	}
	if why := checkSize(b, format); why != "" {
		return invalid("size", "invalid_value", "Invalid size: "+why+".")
	}
	return nil
}

// checkSize says what is wrong with the size of a request; empty if it is valid.
func checkSize(b sandbox.Body, format string) string {
	size := b.Or("size", "auto")
	w, h, ok := provider.ParseSize(size)
	n := frames(b)
	rule := provider.SizeRule{Step: 16, MaxStretch: 3, MaxSide: 3840, MinPixels: 655_360, MaxPixels: 8_294_400}
	switch old := !strings.HasPrefix(b.Text("model"), "gpt-image-2"); {
	case size == "auto", old && slices.Contains([]string{"1024x1024", "1536x1024", "1024x1536"}, size):
		return ""
	case old, !ok:
		return "it is not supported by the model"
	case format == "gif" && w*h*n < rule.MinPixels:
		return "the frames together have too few pixels"
	case format == "gif":
		rule = provider.SizeRule{Step: 16, MaxStretch: 3, MaxSide: frameSide(n)}
	}
	return rule.Check(w, h)
}

// frames is the number of frames of a GIF.
func frames(b sandbox.Body) int {
	if n := b.Object("gif").Int("frame_count"); n > 0 {
		return n
	}
	return 9
}

// frameSide is the maximum side of a GIF with that many frames.
func frameSide(frames int) int {
	switch {
	case frames <= 9:
		return 960
	case frames <= 12:
		return 816
	}
	return 720
}
