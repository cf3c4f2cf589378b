package sandbox

import (
	"slices"
	"strings"

	"aigc/app/sandbox"
)

// endpoint is a path with the documented models and fields.
type endpoint struct {
	path   string
	models []string
	fields []sandbox.Field
}

var endpoints = []endpoint{
	{"/v1/images/generations", []string{"kling-v3", "kling-v2-1"}, append([]sandbox.Field{
		{Name: "negative_prompt", Kind: sandbox.Text, MaxLen: 2500},
		{Name: "image", Kind: sandbox.Image},
		{Name: "image_reference", Kind: sandbox.Text, Values: []string{"subject", "face"}},
		{Name: "image_fidelity", Kind: sandbox.Number, Max: 1, Only: []string{"kling-v2-1"}},
		{Name: "human_fidelity", Kind: sandbox.Number, Max: 1, Only: []string{"kling-v2-1"}},
		{Name: "element_list", Kind: sandbox.List, Fields: element, Only: []string{"kling-v3"}},
		{Name: "resolution", Kind: sandbox.Text, Values: []string{"1k", "2k"}},
		{Name: "aspect_ratio", Kind: sandbox.Text, Values: shapes},
	}, shared...)},
	{"/v1/images/omni-image", []string{"kling-image-o1", "kling-v3-omni"}, append([]sandbox.Field{
		{Name: "image_list", Kind: sandbox.List, Fields: []sandbox.Field{{Name: "image", Kind: sandbox.Image, Required: true}}},
		{Name: "element_list", Kind: sandbox.List, Fields: element},
		{Name: "resolution", Kind: sandbox.Text, Values: []string{"1k", "2k", "4k"}},
		{Name: "aspect_ratio", Kind: sandbox.Text, Values: append([]string{"auto"}, shapes...)},
		{Name: "result_type", Kind: sandbox.Text, Values: []string{"single", "series"}, Only: []string{"kling-v3-omni"}},
		{Name: "series_amount", Kind: sandbox.Integer, Min: 2, Max: 9, Only: []string{"kling-v3-omni"}},
	}, shared...)},
}

var shapes = []string{"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"}

var element = []sandbox.Field{{Name: "element_id", Kind: sandbox.Integer, Required: true}}

// shared are the fields of both endpoints.
var shared = []sandbox.Field{
	{Name: "model_name", Kind: sandbox.Text},
	{Name: "prompt", Kind: sandbox.Text, Required: true, MaxLen: 2500},
	{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 9},
	{Name: "watermark_info", Kind: sandbox.Object, Fields: []sandbox.Field{{Name: "enabled", Kind: sandbox.Flag}}},
	{Name: "callback_url", Kind: sandbox.Text},
	{Name: "external_task_id", Kind: sandbox.Text},
}

// problem says what is wrong with a request; empty if it is valid.
func (e endpoint) problem(b sandbox.Body, model string) string {
	for _, p := range b.Problems(e.fields, model) {
		if p.Field != "series_amount" || b.Text("series_amount") != "auto" || p.Rule != sandbox.WrongKind {
			return p.Field + " " + p.Text
		}
	}
	images := b.Texts("image")
	for _, item := range b.List("image_list") {
		images = append(images, sandbox.Body(item.(map[string]any)).Text("image"))
	}
	switch {
	case len(images)+len(b.List("element_list")) > 10, slices.ContainsFunc(images, isImageRefused):
		return "images are raw base64 of jpg or png, 10 MB, 300 pixels a side, ratio 2.5; 10 with elements"
	case b.Has("image") && b.Has("negative_prompt"), !b.Has("image") && b.Has("image_reference"):
		return "negative_prompt goes without image, image_reference with it"
	case model != "kling-v3-omni" && b.Text("resolution") == "4k", model == "kling-v3-omni" && b.Text("aspect_ratio") == "auto" && len(images) == 0:
		return "resolution or aspect_ratio is not supported by the model"
	}
	return ""
}

// isImageRefused reports whether an image is refused. URLs are accepted unread.
func isImageRefused(text string) bool {
	p, _ := sandbox.ReadPicture(text)
	fits := (p.MIME == "image/png" || p.MIME == "image/jpeg") && p.Size <= 10<<20 && min(p.Width, p.Height) >= 300 && 2*max(p.Width, p.Height) <= 5*min(p.Width, p.Height)
	return !sandbox.IsAddress(text) && (strings.HasPrefix(text, "data:") || !fits)
}
