package video

import (
	"bytes"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

//go:generate go run generate.go

//go:embed clips/*.mp4
var files embed.FS

// Spec says which video to serve.
type Spec struct {
	Job           string // the id of the job that ordered it
	Seed          uint64
	Width, Height int // pixels
	Seconds       int
	Audio         bool // with its track of silence
}

// Encode writes the nearest clip to w, as a complete MP4 with moov before mdat
// and a free box at its end that names job and seed. Equal specs give equal
// bytes, other jobs and seeds give other bytes. The error is that of w.
func Encode(w io.Writer, s Spec) error {
	data, err := files.ReadFile(s.nearest().path) // a copy
	if err != nil {
		return fmt.Errorf("video: %w", err)
	}
	if !s.Audio {
		mute(data)
	}
	note := fmt.Sprintf("aigc sandbox: job %s, seed %d", s.Job, s.Seed)
	data = binary.BigEndian.AppendUint32(data, uint32(8+len(note)))
	if _, err := w.Write(append(data, "free"+note...)); err != nil {
		return fmt.Errorf("video: %w", err)
	}
	return nil
}

// clip is one file. Its name tells its size and length.
type clip struct {
	path                   string
	width, height, seconds int
}

func clips() []clip {
	entries, _ := files.ReadDir("clips") // embedded: it is there
	out := make([]clip, len(entries))
	for i, e := range entries {
		c := clip{path: "clips/" + e.Name()}
		_, _ = fmt.Sscanf(e.Name(), "%dx%d-%ds.mp4", &c.width, &c.height, &c.seconds)
		out[i] = c
	}
	return out
}

// nearest is the clip that is nearest to the spec; of two that are equally near,
// the smaller or shorter one.
func (s Spec) nearest() clip {
	upright := func(width, height int) bool { return width < height }
	off := func(c clip) []int {
		turned := 0
		if upright(c.width, c.height) != upright(s.Width, s.Height) {
			turned = 1
		}
		side := min(c.width, c.height)
		return []int{turned, distance(side, min(s.Width, s.Height)), distance(c.seconds, s.Seconds), side, c.seconds}
	}
	return slices.MinFunc(clips(), func(a, b clip) int { return slices.Compare(off(a), off(b)) })
}

func distance(a, b int) int { return max(a-b, b-a) }

// mute turns the box of the audio track into a free one, which players skip.
// Nothing moves, so that the offsets in the other boxes stay right; the silence
// in mdat is left without a reader.
func mute(mp4 []byte) {
	for _, moov := range boxes(mp4, "moov") {
		for _, trak := range boxes(moov[8:], "trak") {
			if bytes.Contains(trak, []byte("soun")) { // the kind in hdlr
				copy(trak[4:], "free")
			}
		}
	}
}

// boxes are those of a kind in data, with their headers of size and kind.
func boxes(data []byte, kind string) (found [][]byte) {
	for len(data) >= 8 {
		size := binary.BigEndian.Uint32(data)
		if string(data[4:8]) == kind {
			found = append(found, data[:size])
		}
		data = data[size:]
	}
	return found
}
