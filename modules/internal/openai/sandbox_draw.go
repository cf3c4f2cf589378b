package openai

import (
	"aigc/app/provider"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"io"
	"time"

	"aigc/app/sandbox"
	"aigc/app/sandbox/picture"
)

// outTokens is what a picture of 1024x1024 costs in output tokens, from the
// list prices of 2.5 at $30 a million.
var outTokens = map[string]int{"low": 200, "medium": 433, "high": 1767, "xhigh": 3133, "max": 7033}

// inTokens is about what one picture costs on the way in.
const inTokens = 300

// paint draws the pictures of a request, and writes the whole answer.
func paint(o *sandbox.Order, g imageRequest, files int) ([]byte, error) {
	g.settle()
	width, height, _ := provider.ParseSize(g.Size)
	seed := fnv.New64a()
	_, _ = io.WriteString(seed, g.Prompt)
	var data []item
	for i := range max(1, g.N) {
		spec := picture.Spec{Prompt: g.Prompt, Seed: seed.Sum64() + uint64(i), Width: width, Height: height, Transparent: g.Background == "transparent"}
		file, err := render(o, spec, g)
		if err != nil {
			return nil, err
		}
		text := base64.StdEncoding.EncodeToString(file)
		if o.Has("badbase64") {
			text = text[:len(text)/2] + "*!*!" + text[len(text)/2+4:]
		}
		data = append(data, item{B64: text})
	}
	u := usage{InputDetails: tokens{Text: len(g.Prompt)/4 + 1, Image: inTokens * files}}
	u.OutputDetails.Image = len(data) * outTokens[g.Quality] * width * height * g.sheets() / (1024 * 1024)
	if g.OutputFormat == "svg" {
		u.OutputDetails.Text = 900 * len(data) // its writer
	}
	u.Input = u.InputDetails.Text + u.InputDetails.Image
	u.Output = u.OutputDetails.Text + u.OutputDetails.Image
	u.Total = u.Input + u.Output
	return json.Marshal(map[string]any{
		"created": time.Now().Unix(), "background": g.Background, "output_format": g.OutputFormat,
		"quality": g.Quality, "size": g.Size, "data": data, "usage": u,
	})
}

// settle chooses what was left to the model.
func (g *imageRequest) settle() {
	if _, _, ok := provider.ParseSize(g.Size); !ok {
		g.Size = "1024x1024"
		if g.OutputFormat == "gif" {
			g.Size = "480x480"
		}
	}
	if outTokens[g.Quality] == 0 {
		g.Quality = "medium"
	}
	if g.OutputFormat == "" {
		g.OutputFormat = "png"
	}
	if g.Background != "transparent" {
		g.Background = "opaque"
	}
}

// sheets is how many pictures of the size are drawn for one result.
func (g imageRequest) sheets() int {
	if g.OutputFormat == "gif" {
		return g.GIF.frames()
	}
	return 1
}

func render(o *sandbox.Order, s picture.Spec, g imageRequest) ([]byte, error) {
	switch g.OutputFormat {
	case "svg":
		return o.Spoil(vector(s)), nil
	case "gif":
		data, err := animate(s, g.GIF)
		return o.Spoil(data), err
	}
	quality := 0
	if g.OutputCompression != nil {
		quality = max(1, *g.OutputCompression)
	}
	return o.Picture(s, g.OutputFormat, quality)
}

// vector writes hills under a sun, in the hues of the seed.
func vector(s picture.Spec) []byte {
	hue := s.Seed % 360
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 100 100" preserveAspectRatio="xMidYMid slice">`+
		`<rect width="100" height="100" fill="hsl(%d 60%% 85%%)"/><circle cx="%d" cy="30" r="12" fill="#fc6"/>`+
		`<path d="M0 80 Q25 50 50 75 T100 65 V100 H0Z" fill="hsl(%d 45%% 45%%)"/></svg>`, s.Width, s.Height, hue, 25+s.Seed%50, hue)
}

// animate draws the scene once and lets it pass by, a step each frame.
func animate(s picture.Spec, opt *GIF) ([]byte, error) {
	count, pause := opt.frames(), 200
	if opt != nil && opt.FrameDurationMS > 0 {
		pause = opt.FrameDurationMS
	}
	scene := image.NewPaletted(image.Rect(0, 0, s.Width, s.Height), palette.Plan9)
	draw.FloydSteinberg.Draw(scene, scene.Bounds(), picture.Draw(s), image.Point{})
	var g gif.GIF
	for i := range count {
		frame := image.NewPaletted(scene.Rect, scene.Palette)
		for shift, y := i*s.Width/count, 0; y < s.Height; y++ {
			from, to := scene.Pix[y*scene.Stride:][:s.Width], frame.Pix[y*frame.Stride:][:s.Width]
			copy(to[copy(to, from[shift:]):], from)
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, pause/10)
	}
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &g)
	return b.Bytes(), err
}
