package picture

import (
	"bytes"
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden pictures")

// TestDrawGolden compares small pictures. Other processors may fuse a multiply
// and an add, so small rounding differences are allowed.
func TestDrawGolden(t *testing.T) {
	cases := map[string]Spec{
		"fox":       {Prompt: "a red fox", Seed: 1, Width: 96, Height: 96},
		"cat":       {Prompt: "黑猫在雪夜", Seed: 2, Width: 72, Height: 96},
		"voyage":    {Prompt: "a rabbit in a blue paper boat at sunset", Seed: 3, Width: 128, Height: 72},
		"mountains": {Prompt: "mountains at night", Seed: 4, Width: 128, Height: 72},
		"rain":      {Prompt: "a robot in the city, rain", Seed: 5, Width: 96, Height: 96},
		"fish":      {Prompt: "golden fish", Seed: 6, Width: 96, Height: 72},
		"unknown":   {Prompt: "quarterly report", Seed: 7, Width: 128, Height: 72},
		"cutout":    {Prompt: "pink flowers", Seed: 8, Width: 80, Height: 80, Transparent: true},
	}
	for name, spec := range cases {
		t.Run(name, func(t *testing.T) {
			got, path := Draw(spec), filepath.Join("testdata", name+".png")
			if *update {
				var b bytes.Buffer
				if err := Encode(&b, got, "png", 0); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if d := difference(got, load(t, path)); d > 4 {
				t.Errorf("a pixel differs by %d of 255; look at the picture, then run with -update", d)
			}
		})
	}
}

func TestDrawIsDeterministic(t *testing.T) {
	for _, prompt := range []string{"a red fox", "forest", "", "海"} {
		s := Spec{Prompt: prompt, Seed: 9, Width: 200, Height: 120}
		if !bytes.Equal(Draw(s).Pix, Draw(s).Pix) {
			t.Errorf("%q: two pictures of one spec differ", prompt)
		}
		other := s
		other.Seed++
		if bytes.Equal(Draw(s).Pix, Draw(other).Pix) {
			t.Errorf("%q: two seeds give the same picture", prompt)
		}
	}
}

func TestDrawSizes(t *testing.T) {
	cases := []struct {
		name       string
		w, h       int
		outW, outH int
	}{
		{"smallest", 64, 64, 64, 64},
		{"panorama", 4096, 64, 4096, 64},
		{"tower", 64, 4096, 64, 4096},
		{"odd", 101, 333, 101, 333},
		{"nothing", 0, -5, 64, 64},
		{"too large", 64, 1 << 20, 64, 4096},
	}
	prompts := []string{"fox and moon", "boat with a cat", "city", "forest in snow", "fish", "bird, rain", "desert", "rocket", "mountains", "flowers", "dog by the sea"}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			some := prompts
			if max(c.outW, c.outH) > 1000 {
				some = prompts[:3] // large pictures are slow
			}
			for _, p := range some {
				img := Draw(Spec{Prompt: p, Seed: 1, Width: c.w, Height: c.h})
				if got := img.Bounds().Size(); got != image.Pt(c.outW, c.outH) {
					t.Fatalf("size %v", got)
				}
				if !img.Opaque() {
					t.Errorf("%s: a hole in the picture", p)
				}
			}
		})
	}
}

func TestDrawTransparent(t *testing.T) {
	for _, p := range []string{"a red fox", "bird", "cat in a boat", "flowers", "no such thing"} {
		img := Draw(Spec{Prompt: p, Seed: 1, Width: 160, Height: 160, Transparent: true})
		if a := img.RGBAAt(2, 2).A; a != 0 {
			t.Errorf("%s: the corner has alpha %d", p, a)
		}
		solid := 0
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] == 255 {
				solid++
			}
			if a := img.Pix[i]; img.Pix[i-1] > a || img.Pix[i-2] > a || img.Pix[i-3] > a {
				t.Fatalf("%s: a colour exceeds its alpha", p)
			}
		}
		if solid < 160*160/20 {
			t.Errorf("%s: only %d solid pixels", p, solid)
		}
	}
}

// TestFigures draws every actor large, which parses every path.
func TestFigures(t *testing.T) {
	seen := map[*actor]bool{}
	for word, w := range words {
		if w.actor == nil || seen[w.actor] {
			continue
		}
		seen[w.actor] = true
		img := Draw(Spec{Prompt: word, Seed: 3, Width: 256, Height: 256, Transparent: true})
		for i := range 256 { // nothing must reach beyond the picture
			for _, p := range []image.Point{{i, 0}, {0, i}, {255, i}} {
				if img.RGBAAt(p.X, p.Y).A != 0 {
					t.Fatalf("%s touches the edge at %v", word, p)
				}
			}
		}
	}
}

func FuzzDraw(f *testing.F) {
	for _, p := range []string{"a red fox", "狐狸和猫", "golden", "\xff\xfe", "boat boat boat", "s es"} {
		f.Add(p, uint64(1))
	}
	f.Fuzz(func(t *testing.T, prompt string, seed uint64) {
		Draw(Spec{Prompt: prompt, Seed: seed, Width: 64, Height: 80})
	})
}

func BenchmarkDrawPNG(b *testing.B) {
	for _, prompt := range []string{"a red fox", "forest", "city at night", "sea"} {
		b.Run(prompt, func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				img := Draw(Spec{Prompt: prompt, Seed: uint64(i), Width: 1024, Height: 1024})
				if err := Encode(&bytes.Buffer{}, img, "png", 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func load(t *testing.T, path string) *image.RGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return premultiplied(img)
}

func premultiplied(img image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Bounds(), img, img.Bounds().Min, draw.Src)
	return out
}

// meanDifference is that of all channels.
func meanDifference(a, b *image.RGBA) float64 {
	sum := 0
	for i := range a.Pix {
		sum += max(int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return float64(sum) / float64(len(a.Pix))
}

// difference is the largest of any channel; 256 when the sizes differ.
func difference(a, b *image.RGBA) int {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 256
	}
	most := 0
	for i := range a.Pix {
		most = max(most, int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return most
}
