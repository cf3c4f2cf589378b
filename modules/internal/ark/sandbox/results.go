package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// answer draws the images of a purchase and sends the answer. With the directive
// refuse-output the first image of a series is an error.
func (s server) answer(w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body) {
	var items []map[string]any
	generated, tokens := 0, 0
	for i := range count(b) {
		if i == 0 && o.Has("refuse-output") {
			d := faultErrors["refuse-output"]
			items = append(items, map[string]any{"error": map[string]any{"code": d.code, "message": d.message}})
			continue
		}
		d := s.drawing(b)
		item := map[string]any{"size": provider.FormatSize(d.Width, d.Height)}
		var err error
		if b.Text("response_format") == "b64_json" {
			var data []byte
			data, err = o.Draw(d)
			item["b64_json"] = base64.StdEncoding.EncodeToString(data)
		} else {
			item["url"], err = s.Offer(r, o, b.Text("model"), b.Text("prompt"), d)
		}
		if err != nil {
			apiError{http.StatusInternalServerError, "InternalServiceError", "", "The service encountered an unexpected internal error."}.send(w)
			return
		}
		if b.Flag("layer_decomposition") { // the first layer fills the image, the others are inside it
			item["z_index"], item["name"], item["description"] = i, "layer", "a layer of the sandbox"
			item["bounding_box"] = []int{i * d.Width / 8, i * d.Height / 8, d.Width - i*d.Width/8, d.Height - i*d.Height/8}
		}
		items = append(items, item)
		generated, tokens = generated+1, tokens+d.Width*d.Height/256
	}
	usage := map[string]int{"generated_images": generated, "input_images": len(b.List("image")), "output_tokens": tokens, "total_tokens": tokens}
	body, _ := json.Marshal(map[string]any{"model": s.model(b.Text("model")), "created": time.Now().Unix(), "data": items, "usage": usage}) // plain values
	o.Answer(w, http.StatusOK, body)
}

// count is the number of images that a request makes.
func count(b sandbox.Body) int {
	switch {
	case b.Flag("layer_decomposition"):
		return 3
	case b.Text("sequential_image_generation") != "auto":
		return 1
	}
	most := 15 - len(b.List("image"))
	if n := b.Object("sequential_image_generation_options").Int("max_images"); n > 0 {
		most = n
	}
	return min(3, most) // the model decides, and rarely makes the maximum
}

// squares are the sides of the tiers' squares in pixels.
var squares = map[string]int{"1K": 1024, "1.5K": 1536, "2K": 2048, "3K": 3072, "4K": 4096}

// drawing is one image of a request. No current model supports a seed.
func (s server) drawing(b sandbox.Body) sandbox.Drawing {
	model := baseID(s.model(b.Text("model")))
	size := b.Or("size", sizesOf(model).defaultSize)
	w, h, ok := provider.ParseSize(size)
	if !ok {
		w, h = squares[size], squares[size]
	}
	transparent := b.Text("background") == "transparent" || b.Flag("layer_decomposition")
	format := "jpeg"
	if hasAnyPrefix(model, []string{"seedream-5-5"}) || transparent {
		format = "png"
	}
	return sandbox.Drawing{
		Spec:   picture.Spec{Prompt: b.Text("prompt"), Seed: rand.Uint64(), Width: w, Height: h, Transparent: transparent},
		Format: b.Or("output_format", format),
	}
}
