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

// maxPixels is the largest image a thumbnail is made of. Decoding holds the
// whole image: about 4 bytes a pixel, so at most some 100 MB.
const maxPixels = 24_000_000

// ErrTooBig says that a picture has too many pixels for a thumbnail.
var ErrTooBig = errors.New("media: too many pixels for a thumbnail")

// Thumbnail writes a JPEG of at most side pixels on its longest side, on white.
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

// ThumbnailWithin makes a JPEG of at most maxBytes, smaller and smaller until
// it fits; nil if nothing does.
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
