package sandbox

import (
	"slices"
	"strings"
	"unicode/utf8"

	"aigc/app/provider"
	"aigc/app/sandbox"
)

// fields are those of both submissions. n, response_format and style of the SDK are
// no fields of the HTTP API.
var fields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true},
	{Name: "size", Kind: sandbox.Text},
	{Name: "quality", Kind: sandbox.Text, Values: []string{"hd", "standard"}, Only: []string{"cogview-4", "glm-image"}},
	{Name: "watermark_enabled", Kind: sandbox.Flag},
	{Name: "user_id", Kind: sandbox.Text, MaxLen: 128},
	{Name: "request_id", Kind: sandbox.Text},
}

// sizes are the sizes of a family of models.
type sizes struct {
	usual       string
	recommended []string
	step, least int
	pixels      int // width times height, at most
}

var (
	cogViewSizes = sizes{"1024x1024", []string{"1024x1024", "768x1344", "864x1152", "1344x768", "1152x864", "1440x720", "720x1440"}, 16, 512, 2_097_152}
	glmSizes     = sizes{"1280x1280", []string{"1280x1280", "1568x1056", "1056x1568", "1472x1088", "1088x1472", "1728x960", "960x1728"}, 32, 1024, 4_194_304}
)

const glmImage = "glm-image"

func sizesOf(model string) sizes {
	if model == glmImage {
		return glmSizes
	}
	return cogViewSizes
}

func (s sizes) allow(size string) bool {
	w, h, ok := provider.ParseSize(size)
	return slices.Contains(s.recommended, size) ||
		ok && strings.Contains(size, "x") && w%s.step == 0 && h%s.step == 0 && min(w, h) >= s.least && max(w, h) <= 2048 && w*h <= s.pixels
}

// check is the code and message of the first fault of a request; empty if it has
// none.
func check(b sandbox.Body, models []string, async bool) (code, message string) {
	model := b.Text("model")
	problems := b.Problems(fields, model)
	if p, ok := sandbox.Find(problems, sandbox.Missing); ok {
		return "1213", p.Field + " " + p.Text
	}
	switch id := b.Text("user_id"); {
	case !slices.Contains(models, model):
		return "1211", "the model does not exist"
	case async && model != glmImage:
		return "1212", "the model does not support this call mode"
	case len(problems) > 0:
		return "1214", problems[0].Field + " " + problems[0].Text
	case b.Has("size") && !sizesOf(model).allow(b.Text("size")):
		return "1214", "size is not supported by the model"
	case model == glmImage && b.Text("quality") == "standard":
		return "1214", "quality must be hd"
	case b.Has("user_id") && utf8.RuneCountInString(id) < 6:
		return "1214", "user_id must have at least 6 characters"
	}
	return "", ""
}
