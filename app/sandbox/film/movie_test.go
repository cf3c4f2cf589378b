package film

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// boxes maps the path of each box to its content; the second box of a name
// gets a 2 after it.
func boxes(t *testing.T, data []byte, prefix string, into map[string][]byte) []string {
	t.Helper()
	var order []string
	for len(data) > 0 {
		if len(data) < 8 {
			t.Fatalf("%s: %d bytes left over", prefix, len(data))
		}
		size := int(binary.BigEndian.Uint32(data))
		if size < 8 || size > len(data) {
			t.Fatalf("%s: a box of %d bytes in %d", prefix, size, len(data))
		}
		name := string(data[4:8])
		path := prefix + name
		if _, again := into[path]; again {
			path += "2"
		}
		into[path] = data[8:size]
		order = append(order, name)
		if strings.Contains("moov trak mdia minf stbl dinf", name) {
			boxes(t, data[8:size], path+"/", into)
		}
		data = data[size:]
	}
	return order
}

func word(b []byte, at int) int { return int(binary.BigEndian.Uint32(b[at:])) }

func TestMovie(t *testing.T) {
	cases := []struct {
		name          string
		spec          Spec
		width, height int
		sounds        int
	}{
		{"landscape", Spec{Prompt: "sea", Width: 128, Height: 72, Seconds: 8, FPS: 24}, 128, 72, 0},
		{"sound", Spec{Prompt: "sea", Width: 64, Height: 96, Seconds: 8, FPS: 24, Audio: true}, 64, 96, 375},
		{"odd sizes", Spec{Prompt: "sea", Width: 101, Height: 67, Seconds: 3, FPS: 10, Audio: true}, 100, 66, 140},
		{"slow", Spec{Prompt: "sea", Width: 64, Height: 64, Seconds: 1, FPS: 1}, 64, 64, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			film := encode(t, c.spec)
			b := map[string][]byte{}
			if order := strings.Join(boxes(t, film, "", b), " "); order != "ftyp moov mdat" {
				t.Fatalf("boxes: %s", order)
			}
			frames := c.spec.Seconds * c.spec.FPS
			start := bytes.Index(film, []byte("mdat")) + 4
			checkTrack(t, b, "moov/trak/", film, start, frames, c.spec.Seconds)
			if w, h := word(b["moov/trak/tkhd"], 76)>>16, word(b["moov/trak/tkhd"], 80)>>16; w != c.width || h != c.height {
				t.Errorf("shows %d by %d", w, h)
			}
			if got := word(b["moov/mvhd"], 16); got != 1000*c.spec.Seconds {
				t.Errorf("lasts %d ms", got)
			}
			if stss := b["moov/trak/mdia/minf/stbl/stss"]; word(stss, 4) != 1 || word(stss, 8) != 1 {
				t.Error("the first frame alone must be a sync sample")
			}
			total := word(b["moov/trak/mdia/minf/stbl/stsz"], 12)
			for i := 1; i < frames; i++ {
				total += word(b["moov/trak/mdia/minf/stbl/stsz"], 12+4*i)
			}
			if c.sounds > 0 {
				checkTrack(t, b, "moov/trak2/", film, start+total, c.sounds, c.spec.Seconds)
				total += 4 * c.sounds
			}
			if len(b["mdat"]) != total {
				t.Errorf("%d bytes of samples in %d", total, len(b["mdat"]))
			}
		})
	}
}

// checkTrack proves that the table of samples lies within the film.
func checkTrack(t *testing.T, b map[string][]byte, at string, film []byte, start, samples, seconds int) {
	t.Helper()
	stbl := at + "mdia/minf/stbl/"
	scale, units := word(b[at+"mdia/mdhd"], 12), word(b[at+"mdia/mdhd"], 16)
	if units > scale*seconds || units < scale*seconds-soundSamples {
		t.Errorf("%s lasts %d/%d, want %d s", at, units, scale, seconds)
	}
	if stts := b[stbl+"stts"]; word(stts, 4) != 1 || word(stts, 8) != samples || samples*word(stts, 12) != units {
		t.Errorf("stts % x", stts)
	}
	if n := word(b[stbl+"stsz"], 8); n != samples || len(b[stbl+"stsz"]) != 12+4*n {
		t.Fatalf("%d sizes for %d samples", n, samples)
	}
	if got := word(b[stbl+"stsc"], 12); got != samples {
		t.Errorf("%d samples a chunk", got)
	}
	off := word(b[stbl+"stco"], 8)
	if off != start {
		t.Fatalf("samples start at %d, want %d", off, start)
	}
	if strings.HasSuffix(at, "2/") {
		return
	}
	for i := range samples { // each sample is one NAL unit with its length
		size := word(b[stbl+"stsz"], 12+4*i)
		want := byte(unitSlice)
		if i == 0 {
			want = unitIDR
		}
		if word(film, off) != size-4 || film[off+4] != want {
			t.Fatalf("sample %d: a unit %x of %d bytes in %d", i, film[off+4], word(film, off), size)
		}
		off += size
	}
}
