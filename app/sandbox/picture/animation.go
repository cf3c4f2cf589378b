package picture

import (
	"image"
	colors "image/color/palette"
	"image/draw"
	"image/gif"
	"io"
	"time"
)

// EncodeGIF writes an animated GIF that loops: the scene of s, shifted by an equal
// step in each frame. frames must be at least 1; pause is the time of a frame,
// rounded down to 10 ms. The error is that of w.
func EncodeGIF(w io.Writer, s Spec, frames int, pause time.Duration) error {
	drawn := Draw(s)
	scene := image.NewPaletted(drawn.Rect, colors.Plan9)
	draw.FloydSteinberg.Draw(scene, scene.Rect, drawn, image.Point{})
	width := scene.Rect.Dx()
	var g gif.GIF
	for i := range frames {
		frame := image.NewPaletted(scene.Rect, scene.Palette)
		for shift, y := i*width/frames, 0; y < scene.Rect.Dy(); y++ {
			from, to := scene.Pix[y*scene.Stride:][:width], frame.Pix[y*frame.Stride:][:width]
			copy(to[copy(to, from[shift:]):], from)
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, int(pause/(10*time.Millisecond)))
	}
	return gif.EncodeAll(w, &g)
}
