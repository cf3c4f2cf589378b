package media

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
)

// Thumbnail writes a JPEG with at most side pixels on its longest side, upright and on
// white.
func (st *Still) Thumbnail(w io.Writer, side int) error {
	src, err := st.Decode()
	if err != nil {
		return err
	}
	var small image.Image = shrink(src, side)
	if st.Orientation != upright {
		small = turn(small, st.Orientation)
	}
	return jpeg.Encode(w, small, &jpeg.Options{Quality: 80})
}

// thumbnailWithin makes a JPEG of at most maxBytes. It starts with 512 pixels and halves
// the side down to 64 until the JPEG fits; nil if none does.
func (st *Still) thumbnailWithin(maxBytes int) ([]byte, error) {
	for side := 512; side >= 64; side /= 2 {
		var b bytes.Buffer
		if err := st.Thumbnail(&b, side); err != nil {
			return nil, err
		}
		if b.Len() <= maxBytes {
			return b.Bytes(), nil
		}
	}
	return nil, nil
}

// turned is a view of a stored image as it is shown. Its pixels have eight bits per
// component.
type turned struct {
	image.Image
	orientation int
	model       color.Model
}

// turn shows an image upright.
func turn(img image.Image, orientation int) turned {
	t := turned{img, orientation, color.NRGBAModel}
	switch img.(type) {
	case *image.Gray, *image.Gray16:
		t.model = color.GrayModel
	}
	return t
}

// ColorModel implements [image.Image].
func (t turned) ColorModel() color.Model { return t.model }

// Bounds implements [image.Image].
func (t turned) Bounds() image.Rectangle {
	b := t.Image.Bounds()
	if sideways(t.orientation) {
		return image.Rect(0, 0, b.Dy(), b.Dx())
	}
	return image.Rect(0, 0, b.Dx(), b.Dy())
}

// At implements [image.Image].
func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, bottom := b.Dx()-1, b.Dy()-1
	switch t.orientation {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, bottom-y
	case 4:
		y = bottom - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, bottom-x
	case 7:
		x, y = right-y, bottom-x
	case 8:
		x, y = right-y, x
	}
	return t.model.Convert(t.Image.At(b.Min.X+x, b.Min.Y+y))
}

// Opaque says whether all pixels are opaque; the encoders ask for it.
func (t turned) Opaque() bool { return isOpaque(t.Image) }

func isOpaque(img image.Image) bool {
	if o, ok := img.(interface{ Opaque() bool }); ok {
		return o.Opaque()
	}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if _, _, _, a := img.At(x, y).RGBA(); a != 0xffff {
				return false
			}
		}
	}
	return true
}
