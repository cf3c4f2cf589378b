package film

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// testFilm is small enough to be quick and large enough to move.
var testFilm = Spec{Prompt: "a red fox", Seed: 1, Width: 200, Height: 120, Seconds: 2, FPS: 12, Audio: true}

func encode(t *testing.T, s Spec) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEncodeIsDeterministic(t *testing.T) {
	a := encode(t, testFilm)
	if !bytes.Equal(a, encode(t, testFilm)) {
		t.Error("two films of one spec differ")
	}
	other := testFilm
	other.Seed++
	if bytes.Equal(a, encode(t, other)) {
		t.Error("two seeds give the same film")
	}
}

func TestEncodeRejects(t *testing.T) {
	cases := map[string]func(*Spec){
		"narrow":    func(s *Spec) { s.Width = 32 },
		"tall":      func(s *Spec) { s.Height = 5000 },
		"instant":   func(s *Spec) { s.Seconds = 0 },
		"endless":   func(s *Spec) { s.Seconds = 61 },
		"no frames": func(s *Spec) { s.FPS = 0 },
		"too fast":  func(s *Spec) { s.FPS = 1000 },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			s := testFilm
			spoil(&s)
			var b bytes.Buffer
			if err := Encode(&b, s); err == nil || b.Len() > 0 {
				t.Errorf("error %v after %d bytes", err, b.Len())
			}
		})
	}
}

func TestEncodeReportsTheWriter(t *testing.T) {
	for _, room := range []int{0, 2000} {
		if err := Encode(&scant{room}, testFilm); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
}

// scant is a writer with little room.
type scant struct{ room int }

func (s *scant) Write(p []byte) (int, error) {
	if s.room -= len(p); s.room < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestCamera(t *testing.T) {
	cases := []struct {
		name                     string
		width, fps, frames, room int
		want                     camera
	}{
		{"hd", 1280, 24, 192, 2816, camera{2, 1, 382}},
		{"4k", 3840, 24, 24, 256, camera{6, 1, 138}},
		{"slower where the landscape ends", 3840, 24, 192, 256, camera{2, 2, 190}},
		{"small", 64, 10, 60, 4000, camera{2, 3, 38}},
		{"a minute", 720, 24, 1440, 3376, camera{2, 7, 410}},
		{"no room", 4096, 24, 192, 0, camera{6, 1, 0}},
		{"one frame", 640, 1, 1, 3456, camera{16, 1, 0}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := newCamera(c.width, c.fps, c.frames, c.room)
			if got.travel != c.want.travel || got.hold != c.want.hold && got.travel > 0 {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			for i := 1; i < c.frames; i++ {
				if d := got.at(i) - got.at(i-1); d < 0 || d > maxStep || d%2 != 0 {
					t.Fatalf("frame %d moves by %d", i, d)
				}
			}
			if last := got.at(c.frames - 1); last != got.travel || last > c.room {
				t.Errorf("ends at %d of %d, room %d", last, got.travel, c.room)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := Spec{Prompt: "a red fox", Seed: 1, Width: 1280, Height: 720, Seconds: 8, FPS: 24, Audio: true}
		if err := Encode(io.Discard, s); err != nil {
			b.Fatal(err)
		}
	}
}
