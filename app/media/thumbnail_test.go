package media

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// photo is smooth and noisy like a photograph.
func photo(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range h {
		for x := range w {
			v := uint8(noise.UintN(24))
			img.SetNRGBA(x, y, color.NRGBA{uint8(x*200/w) + v, uint8(y*200/h) + v, uint8((x+y)*200/(w+h)) + v, 255})
		}
	}
	return img
}

// BenchmarkThumbnail decodes, shrinks and encodes.
func BenchmarkThumbnail(b *testing.B) {
	src := photo(1024, 1024)
	var asJPEG, asPNG bytes.Buffer
	if err := jpeg.Encode(&asJPEG, src, &jpeg.Options{Quality: 92}); err != nil {
		b.Fatal(err)
	}
	if err := png.Encode(&asPNG, src); err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{"jpeg": asJPEG.Bytes(), "png": asPNG.Bytes()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var out bytes.Buffer
				if err := makeThumbnail(&out, bytes.NewReader(data), 512); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkShrink only shrinks, for each pixel format of the decoders.
func BenchmarkShrink(b *testing.B) {
	for _, img := range decoded(1024, 1024) {
		b.Run(fmt.Sprintf("%T", img), func(b *testing.B) {
			for b.Loop() {
				shrink(img, 512)
			}
		})
	}
}

// decoded is a photo in each pixel format of the decoders.
func decoded(w, h int) []image.Image {
	src := photo(w, h)
	bounds := src.Bounds()
	colors := make(color.Palette, 0, 256)
	for i := range 256 {
		colors = append(colors, color.RGBA{uint8(i&0xe0) + 16, uint8(i<<3&0xe0) + 16, uint8(i<<6&0xc0) + 32, 255})
	}
	out := []image.Image{src}
	for _, dst := range []interface {
		image.Image
		Set(x, y int, c color.Color)
	}{image.NewRGBA(bounds), image.NewGray(bounds), image.NewNRGBA64(bounds), image.NewPaletted(bounds, colors), image.NewCMYK(bounds)} {
		for y := range h {
			for x := range w {
				dst.Set(x, y, src.At(x, y))
			}
		}
		out = append(out, dst)
	}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411} {
		dst := image.NewYCbCr(bounds, ratio)
		for y := range h {
			for x := range w {
				c := src.NRGBAAt(x, y)
				yy, cb, cr := color.RGBToYCbCr(c.R, c.G, c.B)
				dst.Y[dst.YOffset(x, y)], dst.Cb[dst.COffset(x, y)], dst.Cr[dst.COffset(x, y)] = yy, cb, cr
			}
		}
		out = append(out, dst)
	}
	return out
}

// For each pixel format the result is the mean of the source pixels, on white.
func TestShrink(t *testing.T) {
	t.Parallel()
	const w, h, side = 98, 64, 10
	for _, img := range append(decoded(w, h), image.NewNRGBA(image.Rect(0, 0, w, h)), photo(w+7, h+5).SubImage(image.Rect(7, 5, w+7, h+5))) {
		got := shrink(img, side)
		if got.Bounds() != image.Rect(0, 0, side, h*side/w) {
			t.Errorf("%T became %s", img, got.Bounds())
			continue
		}
		b, off := img.Bounds(), 2.0
		if _, ok := img.(*image.YCbCr); ok {
			off = 5 // a chroma sample at an edge is part of both pixels
		}
		for y := range got.Bounds().Dy() {
			for x := range side {
				var sum [3]float64
				n := 0.0
				for sy := y * h / got.Bounds().Dy(); sy < (y+1)*h/got.Bounds().Dy(); sy++ {
					for sx := x * w / side; sx < (x+1)*w/side; sx++ {
						r, g, bl, a := img.At(b.Min.X+sx, b.Min.Y+sy).RGBA()
						for i, v := range []uint32{r, g, bl} {
							sum[i] += float64(v+0xffff-a) / 257
						}
						n++
					}
				}
				c := got.RGBAAt(x, y)
				for i, v := range []uint8{c.R, c.G, c.B} {
					if d := float64(v) - sum[i]/n; d > off || d < -off {
						t.Fatalf("%T at %d, %d: component %d is %d, want %.1f", img, x, y, i, v, sum[i]/n)
					}
				}
			}
		}
	}
	if got := shrink(photo(5, 3), 512).Bounds(); got != image.Rect(0, 0, 5, 3) {
		t.Errorf("a small image became %s", got)
	}
	if got := shrink(photo(3000, 1), 512).Bounds(); got != image.Rect(0, 0, 512, 1) {
		t.Errorf("a line became %s", got)
	}
}
