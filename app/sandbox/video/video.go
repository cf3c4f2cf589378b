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

// Spec selects a clip.
type Spec struct {
	Job           string // id of the job
	Seed          uint64
	Width, Height int // pixels
	Seconds       int
	Audio         bool // with a silent audio track
}

// Encode writes the nearest clip to w: a complete MP4 with moov before mdat, and a
// free box with job and seed at its end, so that videos of other jobs and seeds have
// other bytes. Equal specs give equal bytes. The error is that of w.
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

// clip is an embedded file; its name has its size and length.
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

// nearest returns the clip nearest to the spec; of two at the same distance, the
// smaller or shorter one.
func (s Spec) nearest() clip {
	upright := func(width, height int) bool { return width < height }
	difference := func(c clip) []int {
		turned := 0
		if upright(c.width, c.height) != upright(s.Width, s.Height) {
			turned = 1
		}
		side := min(c.width, c.height)
		return []int{turned, distance(side, min(s.Width, s.Height)), distance(c.seconds, s.Seconds), side, c.seconds}
	}
	return slices.MinFunc(clips(), func(a, b clip) int { return slices.Compare(difference(a), difference(b)) })
}

func distance(a, b int) int { return max(a-b, b-a) }

// mute renames the box of the audio track to "free", which players skip. The file
// keeps its size, so the offsets in other boxes stay valid; the audio data stays in
// mdat, unused.
func mute(mp4 []byte) {
	for _, moov := range boxes(mp4, "moov") {
		for _, trak := range boxes(moov[8:], "trak") {
			if bytes.Contains(trak, []byte("soun")) { // the handler type of an audio track
				copy(trak[4:], "free")
			}
		}
	}
}

// boxes returns the boxes of a kind in data, including their 8 byte headers.
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
