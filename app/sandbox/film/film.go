package film

import (
	"encoding/binary"
	"fmt"
	"io"

	"aigc/app/sandbox/picture"
)

// Spec says what to film.
type Spec struct {
	Prompt        string // as for picture.Draw
	Seed          uint64
	Width, Height int  // pixels, picture.MinSide to picture.MaxSide; odd ones lose their last pixel
	Seconds       int  // 1 to MaxSeconds
	FPS           int  // frames a second, 1 to MaxFPS
	Audio         bool // add a track of silence
}

// What a film may be at most.
const (
	MaxSeconds = 60
	MaxFPS     = 60
)

func (s Spec) check() error {
	for _, side := range []int{s.Width, s.Height} {
		if side < picture.MinSide || side > picture.MaxSide {
			return fmt.Errorf("film: a side of %d pixels, where %d to %d are possible", side, picture.MinSide, picture.MaxSide)
		}
	}
	if s.Seconds < 1 || s.Seconds > MaxSeconds {
		return fmt.Errorf("film: %d seconds, where 1 to %d are possible", s.Seconds, MaxSeconds)
	}
	if s.FPS < 1 || s.FPS > MaxFPS {
		return fmt.Errorf("film: %d frames a second, where 1 to %d are possible", s.FPS, MaxFPS)
	}
	return nil
}

// Encode writes a complete MP4 to w: H.264 of Seconds times FPS frames, moov
// before mdat. The camera moves over a landscape that picture.Draw makes a
// little wider than the film; a film as wide as picture.MaxSide stands still.
// Equal specs give equal bytes. A spec out of bounds is an error before
// anything is written; other errors are those of w.
func Encode(w io.Writer, s Spec) error {
	if err := s.check(); err != nil {
		return err
	}
	video := s.shoot()
	tracks := []*track{video}
	if s.Audio {
		tracks = append(tracks, soundTrack(s.Seconds))
	}
	if _, err := w.Write(head(tracks...)); err != nil {
		return fmt.Errorf("film: %w", err)
	}
	for _, t := range tracks {
		if _, err := w.Write(t.data); err != nil {
			return fmt.Errorf("film: %w", err)
		}
	}
	return nil
}

// shoot draws the landscape and codes what the camera sees of it.
func (s Spec) shoot() *track {
	f := newFormat(s.Width&^1, s.Height&^1, s.FPS)
	frames := s.Seconds * s.FPS
	cam := newCamera(f.width, f.fps, frames, picture.MaxSide-f.width)
	scene := picture.Draw(picture.Spec{Prompt: s.Prompt, Seed: s.Seed, Width: f.width + cam.travel, Height: f.height, Plain: true})
	e := newEncoder(f, toPlanes(scene, 16*f.mbWide+cam.travel, 16*f.mbTal), newOverlay(picture.Caption(f.width, f.height)))

	t := &track{
		kind: "vide", name: "picture", width: f.width, height: f.height, entry: videoEntry(f),
		scale: uint32(s.FPS) * 1000, delta: 1000, // exact, and fine enough for editors
		sync: full("stss", 0, words(1, 1)),
	}
	for i := range frames {
		unit := e.frame(cam.at(i))
		t.add(binary.BigEndian.AppendUint32(nil, uint32(len(unit))), unit)
	}
	return t
}
