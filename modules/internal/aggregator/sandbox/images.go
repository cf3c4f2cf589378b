package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

const (
	drawTime   = 150 * time.Millisecond
	imageTime  = 400 * time.Millisecond // of a job
	resultLife = time.Hour
)

// imageFields are the documented fields of a generation. Hosts drop others in silence.
var imageFields = []sandbox.Field{
	{Name: "model", Kind: sandbox.Text, Required: true},
	{Name: "prompt", Kind: sandbox.Text, Required: true},
	{Name: "n", Kind: sandbox.Integer, Min: 1, Max: 10},
	{Name: "size", Kind: sandbox.Text},
	{Name: "quality", Kind: sandbox.Text},
	{Name: "background", Kind: sandbox.Text, Values: []string{"transparent", "opaque", "auto"}},
	{Name: "moderation", Kind: sandbox.Text, Values: []string{"auto", "low"}},
	{Name: "output_format", Kind: sandbox.Text, Values: []string{"png", "jpeg", "webp", "svg", "gif"}},
	{Name: "output_compression", Kind: sandbox.Integer, Max: 100},
	{Name: "style", Kind: sandbox.Text},
	{Name: "user", Kind: sandbox.Text},
}

// otherFields are further fields of models that are not OpenAI's.
var otherFields = []sandbox.Field{
	{Name: "response_format", Kind: sandbox.Text, Values: []string{"url", "b64_json"}},
	{Name: "image", Kind: sandbox.Image},
	{Name: "images", Kind: sandbox.List, Item: &sandbox.Field{Kind: sandbox.Image}},
	{Name: "watermark", Kind: sandbox.Flag},
	{Name: "seed", Kind: sandbox.Integer},
}

func isOpenAI(model string) bool {
	return strings.HasPrefix(model, "gpt-image") || strings.HasPrefix(model, "dall-e")
}

func (h host) generations(w http.ResponseWriter, r *http.Request) {
	b, err := sandbox.ReadJSON(r)
	if err != nil {
		apiError{http.StatusBadRequest, "invalid_request", err.Error()}.send(w)
		return
	}
	fields := imageFields
	if !isOpenAI(b.Text("model")) {
		fields = slices.Concat(imageFields, otherFields)
	}
	h.images(w, r, b, fields)
}

func (h host) edits(w http.ResponseWriter, r *http.Request) {
	fields := append(slices.Clone(imageFields), sandbox.Field{Name: "input_fidelity", Kind: sandbox.Text})
	b, files, err := sandbox.ReadForm(r, fields)
	images := 0
	for _, f := range files {
		if _, ok := f.Picture(); !ok || f.Field != "image" && f.Field != "image[]" && f.Field != "mask" {
			images = -len(files)
		}
		if f.Field != "mask" {
			images++
		}
	}
	if err != nil || images < 1 {
		apiError{http.StatusBadRequest, "invalid_request", "image is required"}.send(w)
		return
	}
	h.images(w, r, b, fields)
}

// images refuses a request, or answers with images or a ticket.
func (h host) images(w http.ResponseWriter, r *http.Request, b sandbox.Body, fields []sandbox.Field) {
	o := h.accept(w, r, b, fields, h.models)
	if o == nil {
		return
	}
	if h.name == evoLink || h.name == qiniu {
		h.startJob(w, r, o, b, h.drawings(b), imageTime)
		return
	}
	o.Delay(r, drawTime)
	if o.Has("refuse-output") {
		refusal.send(w)
		return
	}
	data := []map[string]string{}
	for _, d := range h.drawings(b) {
		item := map[string]string{"url": "", "b64_json": "", "revised_prompt": ""}
		if isOpenAI(b.Text("model")) {
			file, err := o.Draw(d)
			if err != nil {
				apiError{http.StatusBadRequest, "invalid_request", err.Error()}.send(w)
				return
			}
			item["b64_json"] = o.Base64(file)
		} else {
			item["url"], _ = h.kit.Offer(r, o, b.Text("model"), b.Text("prompt"), d) // the URL of one that was not stored answers 403
		}
		data = append(data, item)
	}
	body, _ := json.Marshal(map[string]any{"created": time.Now().Unix(), "data": data, "usage": map[string]int{"total_tokens": 0, "input_tokens": 0, "output_tokens": 0}})
	o.Answer(w, http.StatusOK, body)
}

// drawings are the images of a request.
func (h host) drawings(b sandbox.Body) (out []sandbox.Drawing) {
	format := b.Or("output_format", "png")
	if !slices.Contains([]string{"png", "jpeg", "webp"}, format) {
		format = "png"
	}
	width, height, ok := provider.ParseSize(b.Text("size"))
	if !ok || width > picture.MaxSide || height > picture.MaxSide {
		width, height = 1024, 1024
	}
	seed := sandbox.Seed(b.Text("prompt"))
	if b.Has("seed") {
		seed = uint64(b.Number("seed"))
	}
	for i := range max(1, b.Int("n")) {
		out = append(out, sandbox.Drawing{Format: format, Spec: picture.Spec{Prompt: b.Text("prompt"), Seed: seed + uint64(i), Width: width, Height: height}})
	}
	return out
}
