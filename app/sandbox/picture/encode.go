package picture

import (
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/HugoSmits86/nativewebp"
)

// Encode writes img as "png", "jpeg" (or "jpg") or "webp". Quality is that of JPEG,
// 1 to 100; 0 means 90. PNG and WebP are lossless. JPEG has no transparency: the
// background becomes white. Encoding WebP needs about 50 bytes of memory for each
// pixel. An unknown format is an error, and nothing is written; other errors are
// those of w.
func Encode(w io.Writer, img image.Image, format string, quality int) error {
	switch format {
	case "png":
		return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
	case "jpeg", "jpg":
		if quality == 0 {
			quality = 90
		}
		return jpeg.Encode(w, onWhite(img), &jpeg.Options{Quality: quality})
	case "webp":
		k := &errWriter{w: w}
		if err := nativewebp.Encode(k, img, nil); err != nil {
			return err
		}
		return k.err
	}
	return fmt.Errorf("picture: unknown format %q: must be png, jpeg or webp", format)
}

func onWhite(img image.Image) image.Image {
	if o, ok := img.(interface{ Opaque() bool }); ok && o.Opaque() {
		return img
	}
	flat := image.NewRGBA(img.Bounds())
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Over)
	return flat
}

// errWriter records the first error of a writer, because nativewebp ignores errors.
type errWriter struct {
	w   io.Writer
	err error
}

func (k *errWriter) Write(p []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	n, err := k.w.Write(p)
	k.err = err
	return n, err
}
