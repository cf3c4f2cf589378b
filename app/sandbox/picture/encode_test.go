package picture

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"golang.org/x/image/webp"
)

func TestEncodeRoundTrip(t *testing.T) {
	decode := map[string]func(io.Reader) (image.Image, error){"png": png.Decode, "webp": webp.Decode, "jpeg": jpeg.Decode, "jpg": jpeg.Decode}
	cases := []struct {
		name   string
		spec   Spec
		format string
		off    int // the most a channel may be wrong; of JPEG, the mean
	}{
		{"png", Spec{Prompt: "fox", Width: 150, Height: 97}, "png", 0},
		{"png with alpha", Spec{Prompt: "fox", Width: 97, Height: 97, Transparent: true}, "png", 2}, // rounded when premultiplied
		{"webp", Spec{Prompt: "fish", Width: 97, Height: 150}, "webp", 0},
		{"webp with alpha", Spec{Prompt: "cat", Width: 97, Height: 97, Transparent: true}, "webp", 2},
		{"jpeg", Spec{Prompt: "sea", Width: 97, Height: 150}, "jpeg", 3},
		{"jpg", Spec{Prompt: "sea", Width: 64, Height: 64}, "jpg", 6},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			img := Draw(c.spec)
			var b bytes.Buffer
			if err := Encode(&b, img, c.format, 0); err != nil {
				t.Fatal(err)
			}
			back, err := decode[c.format](&b)
			if err != nil {
				t.Fatal(err)
			}
			d := float64(difference(img, premultiplied(back)))
			if c.format[0] == 'j' {
				d = meanDifference(img, premultiplied(back))
			}
			if d > float64(c.off) {
				t.Errorf("a pixel came back wrong by %v of 255", d)
			}
		})
	}
}

func TestEncodeJPEGOnWhite(t *testing.T) {
	var b bytes.Buffer
	if err := Encode(&b, Draw(Spec{Prompt: "fox", Width: 80, Height: 80, Transparent: true}), "jpeg", 95); err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, bl, _ := img.At(1, 1).RGBA(); min(r, g, bl) < 0xf800 {
		t.Errorf("the corner is %x %x %x, not white", r, g, bl)
	}
}

func TestEncodeQuality(t *testing.T) {
	img := Draw(Spec{Prompt: "forest", Width: 200, Height: 200})
	size := func(q int) int {
		var b bytes.Buffer
		if err := Encode(&b, img, "jpeg", q); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	if low, usual, high := size(10), size(0), size(100); low >= usual || usual >= high {
		t.Errorf("sizes %d, %d, %d do not grow with the quality", low, usual, high)
	}
}

func TestEncodePart(t *testing.T) {
	part := Draw(Spec{Prompt: "sea", Width: 100, Height: 100}).SubImage(image.Rect(20, 30, 90, 80)).(*image.RGBA)
	var b bytes.Buffer
	if err := Encode(&b, part, "png", 0); err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(premultiplied(part), premultiplied(back)); d != 0 {
		t.Errorf("a pixel came back wrong by %d", d)
	}
}

func TestEncodeFails(t *testing.T) {
	img := Draw(Spec{Prompt: "fox", Width: 64, Height: 64})
	var b bytes.Buffer
	if err := Encode(&b, img, "gif", 0); err == nil || b.Len() > 0 {
		t.Errorf("an unknown format gave %v and %d bytes", err, b.Len())
	}
	for _, format := range []string{"png", "jpeg", "webp"} {
		for room := range 3 {
			if err := Encode(&full{room * 40}, img, format, 0); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d: %v", format, room*40, err)
			}
		}
	}
}

var errFull = errors.New("full")

// full is a writer with little room.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}
