package video

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"aigc/app/media"
)

var baseSpec = Spec{Job: "4c1e", Seed: 1, Width: 1280, Height: 720, Seconds: 4, Audio: true}

func encode(t *testing.T, s Spec) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Equal specs give equal bytes, and a change of any field gives other bytes.
func TestEncodeIsDeterministic(t *testing.T) {
	t.Parallel()
	first := encode(t, baseSpec)
	if !bytes.Equal(first, encode(t, baseSpec)) {
		t.Error("two videos of one spec differ")
	}
	cases := map[string]func(*Spec){
		"job":         func(s *Spec) { s.Job = "4c1f" },
		"seed":        func(s *Spec) { s.Seed = 2 },
		"size":        func(s *Spec) { s.Width, s.Height = 1920, 1080 },
		"orientation": func(s *Spec) { s.Width, s.Height = 720, 1280 },
		"length":      func(s *Spec) { s.Seconds = 6 },
		"audio":       func(s *Spec) { s.Audio = false },
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := baseSpec
			change(&s)
			if bytes.Equal(first, encode(t, s)) {
				t.Error("another one gives the same video")
			}
		})
	}
}

func TestEncodeReportsTheWriter(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	_ = r.Close()
	if err := Encode(w, baseSpec); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name                   string
		width, height, seconds int
		want                   string
	}{
		{"as it is", 1280, 720, 6, "1280x720-6s"},
		{"upright", 1080, 1920, 8, "1080x1920-8s"},
		{"1080p, short", 1920, 1080, 4, "1920x1080-4s"},
		{"4k", 3840, 2160, 8, "3840x2160-8s"},
		{"a length that 4k has not", 3840, 2160, 4, "3840x2160-8s"},
		{"between two lengths", 1280, 720, 5, "1280x720-4s"},
		{"between two sizes", 1600, 900, 8, "1280x720-8s"},
		{"square", 1000, 1000, 8, "1920x1080-8s"},
		{"upright and small", 300, 400, 1, "720x1280-4s"},
		{"too large and too long", 9000, 5000, 60, "3840x2160-8s"},
		{"nothing", 0, 0, 0, "1280x720-4s"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Spec{Width: c.width, Height: c.height, Seconds: c.seconds}.nearest()
			if want := "clips/" + c.want + ".mp4"; got.path != want {
				t.Errorf("got %s, want %s", got.path, want)
			}
		})
	}
}

// Every clip has the size and length of its name, with audio and without; its last
// box has job and seed.
func TestClips(t *testing.T) {
	t.Parallel()
	total := 0
	for _, c := range clips() {
		s := Spec{Job: "4c1e", Seed: 1<<64 - 1, Width: c.width, Height: c.height, Seconds: c.seconds, Audio: true}
		loud := encode(t, s)
		total += len(loud)
		s.Audio = false
		mute := encode(t, s)
		changed := 0
		for i := range loud {
			if loud[i] != mute[i] {
				changed++
			}
		}
		if len(mute) != len(loud) || changed != 3 { // "trak" and "free" share the r
			t.Errorf("%s: %d of %d bytes differ without audio, which has %d", c.path, changed, len(loud), len(mute))
		}
		for tracks, data := range map[int][]byte{1: mute, 2: loud} {
			moov := boxes(data, "moov")
			if len(moov) != 1 || len(boxes(moov[0][8:], "trak")) != tracks {
				t.Errorf("%s: want %d tracks", c.path, tracks)
			}
			free := boxes(data, "free")
			if note := "free" + fmt.Sprintf("aigc sandbox: job 4c1e, seed %d", s.Seed); string(free[len(free)-1][4:]) != note || !bytes.HasSuffix(data, []byte(note)) {
				t.Errorf("%s: ends with %q", c.path, free[len(free)-1])
			}
			info, err := media.Inspect(bytes.NewReader(data), int64(len(data)))
			if err != nil || info.Width != c.width || info.Height != c.height || info.Duration != time.Duration(c.seconds)*time.Second {
				t.Errorf("%s: %+v %v", c.path, info, err)
			}
		}
	}
	if total > 750_000 {
		t.Errorf("the clips add %d bytes to the binary, want at most 750,000", total)
	}
}
