package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // decoder
	"image/jpeg"  // decoder and encoder
	_ "image/png" // decoder
	"io"

	_ "golang.org/x/image/webp" // decoder
)

// maxPixels is the limit of an image for a thumbnail. Decoding holds the whole image in
// memory, at about 4 bytes per pixel: 100 MB at most.
const maxPixels = 24_000_000

// ErrTooBig is returned for an image with too many pixels for a thumbnail.
var ErrTooBig = errors.New("media: too many pixels for a thumbnail")

// Thumbnail writes a JPEG with at most side pixels on its longest side, on white. It
// decodes PNG, JPEG, GIF and WebP.
func Thumbnail(w io.Writer, r io.ReadSeeker, side int) error {
	c, _, err := image.DecodeConfig(r)
	if err != nil {
		return fmt.Errorf("media: thumbnail: %w", err)
	}
	if c.Width*c.Height > maxPixels {
		return ErrTooBig
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	src, _, err := image.Decode(r)
	if err != nil {
		return fmt.Errorf("media: thumbnail: %w", err)
	}
	return jpeg.Encode(w, shrink(src, side), &jpeg.Options{Quality: 80})
}

// ThumbnailWithin makes a JPEG of at most maxBytes. It starts with 512 pixels and halves
// the side down to 64 until the JPEG fits; nil if none does.
func ThumbnailWithin(r io.ReadSeeker, maxBytes int) ([]byte, error) {
	for side := 512; side >= 64; side /= 2 {
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := Thumbnail(&b, r, side); err != nil {
			return nil, err
		}
		if b.Len() <= maxBytes {
			return b.Bytes(), nil
		}
	}
	return nil, nil
}
