package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// answer draws the images of a purchase and sends the answer. With the directive
// refuse-output, the filter of image-01 withholds the first image, or the only one.
func (e endpoint) answer(k *sandbox.Kit, w http.ResponseWriter, r *http.Request, o *sandbox.Request, b sandbox.Body) {
	n, withheld := max(1, b.Int("n")), map[bool]int{true: 1}[o.Has("refuse-output") && !e.h3]
	inline := strings.HasPrefix(b.Text("response_format"), "b") // base64 of image-01, b64_json of H3
	d, images := e.drawing(b), []string{}
	for range n - withheld {
		if inline {
			file, _ := o.Draw(d) // its format is known
			images = append(images, o.Base64(file))
		} else {
			address, _ := k.Offer(r, o, b.Text("model"), d.Prompt, d) // that of one that could not be stored answers 403
			images = append(images, address)
		}
		d.Seed++
	}
	if len(images) == 0 {
		e.send(w, faultErrors["refuse-output"])
		return
	}
	list := map[bool]string{true: "image_base64", false: "image_urls"}[inline]
	answer := map[string]any{
		"id": sandbox.NewID(), "data": map[string]any{list: images}, "base_resp": map[string]any{"status_code": 0, "status_msg": "success"},
		"metadata": map[string]string{"success_count": strconv.Itoa(len(images)), "failed_count": strconv.Itoa(withheld)},
	}
	if e.h3 {
		data, field := []map[string]string{}, map[bool]string{true: "b64_json", false: "url"}[inline]
		for _, image := range images {
			data = append(data, map[string]string{field: image})
		}
		input, output := len(b.Text("prompt"))/4+1+500*len(b.List("images")), 9000*n
		answer = map[string]any{"created": time.Now().Unix(), "data": data, "usage": map[string]int{"input_tokens": input, "output_tokens": output, "total_tokens": input + output}}
	}
	body, _ := json.Marshal(answer) // plain values
	o.Answer(w, http.StatusOK, body)
}

// areas are the pixels of each area.
var areas = map[string]int{"1K": 1 << 20, "2K": 1 << 22, "4K": 1 << 24}

// drawing is the first image of a request.
func (e endpoint) drawing(b sandbox.Body) sandbox.Drawing {
	d := sandbox.Drawing{Spec: picture.Spec{Prompt: b.Text("prompt"), Seed: sandbox.Seed(b.Text("prompt"))}, Format: "jpeg"}
	if b.Has("seed") {
		d.Seed = uint64(int64(b.Number("seed")))
	}
	ratio, _ := provider.ParseRatio(strings.Replace(b.Or("aspect_ratio", "auto"), "auto", "1:1", 1))
	size := b.Text("size")
	switch {
	case e.h3:
		d.Format = b.Or("output_format", "png")
	case b.Has("width") && !b.Has("aspect_ratio"):
		size = provider.FormatSize(b.Int("width"), b.Int("height"))
	default:
		size = presets[b.Or("aspect_ratio", "1:1")]
	}
	var sized bool
	if d.Width, d.Height, sized = provider.ParseSize(size); !sized {
		d.Width, d.Height = provider.Sides(ratio, areas[b.Or("area", "4K")], 16, picture.MaxSide)
	}
	return d
}
