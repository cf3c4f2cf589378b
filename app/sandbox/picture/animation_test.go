package picture

import (
	"bytes"
	"encoding/xml"
	"image/gif"
	"testing"
	"time"
)

func TestEncodeGIF(t *testing.T) {
	t.Parallel()
	for _, frames := range []int{1, 3, 7} {
		var b bytes.Buffer
		if err := EncodeGIF(&b, Spec{Prompt: "a fox", Width: 96, Height: 64}, frames, 50*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		g, err := gif.DecodeAll(&b)
		if err != nil || len(g.Image) != frames || g.Config.Width != 96 || g.Config.Height != 64 || g.Delay[0] != 5 {
			t.Fatalf("%d frames: %v %+v", frames, err, g.Config)
		}
		if frames > 1 && bytes.Equal(g.Image[0].Pix, g.Image[1].Pix) {
			t.Errorf("%d frames: the first two are equal", frames)
		}
	}
}

func TestSVG(t *testing.T) {
	t.Parallel()
	var root struct {
		XMLName xml.Name
		Width   string `xml:"width,attr"`
		Height  string `xml:"height,attr"`
	}
	one, other := SVG(Spec{Seed: 1, Width: 1024, Height: 640}), SVG(Spec{Seed: 2, Width: 1024, Height: 640})
	if err := xml.Unmarshal(one, &root); err != nil || root.XMLName.Local != "svg" || root.Width != "1024" || root.Height != "640" {
		t.Errorf("%v %+v", err, root)
	}
	if bytes.Equal(one, other) {
		t.Error("two seeds give the same image")
	}
}
