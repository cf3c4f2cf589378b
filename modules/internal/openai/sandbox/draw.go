package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"time"

	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// outTokens are the output tokens of an image of 1024x1024 by quality, computed
// from the list prices of 2.5 at $30 per million; inTokens are the approximate
// tokens of an input image.
var outTokens = map[string]int{"low": 200, "medium": 433, "high": 1767, "xhigh": 3133, "max": 7033}

const inTokens = 300

// draw makes the images of a request and returns the body of the answer. Each image has
// the fields of extra, too.
func draw(o *sandbox.Request, b sandbox.Body, files int, extra map[string]any) ([]byte, error) {
	format, quality, background := b.Or("output_format", "png"), b.Text("quality"), "opaque"
	if outTokens[quality] == 0 {
		quality = "medium"
	}
	if b.Text("background") == "transparent" {
		background = "transparent"
	}
	width, height, ok := provider.ParseSize(b.Text("size"))
	switch {
	case ok:
	case format == "gif":
		width, height = 480, 480
	default:
		width, height = 1024, 1024
	}
	prompt, n := b.Text("prompt"), max(1, b.Int("n"))
	var data []map[string]any
	for i := range n {
		file, err := render(o, b, format, picture.Spec{
			Prompt: prompt, Seed: sandbox.Seed(prompt) + uint64(i), Width: width, Height: height, Transparent: background == "transparent",
		})
		if err != nil {
			return nil, err
		}
		item := map[string]any{"b64_json": o.Base64(file)}
		maps.Copy(item, extra)
		data = append(data, item)
	}
	text, images, written := len(prompt)/4+1, n*outTokens[quality]*width*height/(1024*1024), 0
	switch format {
	case "gif":
		images *= frames(b)
	case "svg":
		written = 900 * n
	}
	input, output := text+inTokens*files, images+written
	return json.Marshal(map[string]any{
		"created": time.Now().Unix(), "background": background, "output_format": format, "quality": quality,
		"size": provider.FormatSize(width, height), "data": data, "usage": map[string]any{
			"input_tokens": input, "output_tokens": output, "total_tokens": input + output,
			"input_tokens_details":  map[string]int{"text_tokens": text, "image_tokens": inTokens * files},
			"output_tokens_details": map[string]int{"image_tokens": images, "text_tokens": written},
		},
	})
}

func render(o *sandbox.Request, b sandbox.Body, format string, s picture.Spec) ([]byte, error) {
	switch format {
	case "svg":
		return o.Corrupt(picture.SVG(s)), nil
	case "gif":
		pause := 200 * time.Millisecond
		if ms := b.Object("gif").Int("frame_duration_ms"); ms > 0 {
			pause = time.Duration(ms) * time.Millisecond
		}
		var file bytes.Buffer
		err := picture.EncodeGIF(&file, s, frames(b), pause)
		return o.Corrupt(file.Bytes()), err
	}
	quality := 0
	if b.Has("output_compression") {
		quality = max(1, b.Int("output_compression"))
	}
	return o.Picture(s, format, quality)
}
