package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"aigc/app/fault"
)

// Folder is the folder a file belongs to.
type Folder string

// The kinds.
const (
	Image Folder = "images"
	Video Folder = "videos"
	File  Folder = "files"
)

// Info describes a valid picture or film.
type Info struct {
	MIME     string
	Ext      string // with the dot
	Folder   Folder
	Width    int // pixels as stored; 0 where the file does not tell
	Height   int
	Duration time.Duration // of a film; 0 where the file does not tell
	Size     int64         // bytes
}

// What an inspector finds wrong; io.ErrUnexpectedEOF is a file cut short. Any
// other error is trouble with reading, and says nothing about the file.
var (
	errDamaged = errors.New("damaged")
	errOther   = errors.New("something else")
)

// Inspect proves that a file of size bytes is a whole picture or film and
// describes it. It reads nothing beyond size, and needs at most some 40 KB of
// memory; for an SVG the longest text or tag in it, at most 8 MB, is held too.
//
// A file that is no valid picture or film is a fault of kind Broken with the
// code empty_result, not_a_picture, picture_cut_short or picture_damaged. An
// error that is no fault means that r could not be read: the file may be well.
func Inspect(r io.ReaderAt, size int64) (Info, error) {
	if size <= 0 {
		return Info{}, fault.New(fault.InvalidResult, "empty_result", "The file is empty.")
	}
	head := make([]byte, min(size, sniffed))
	if n, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return Info{}, fmt.Errorf("media: %w", err)
	} else {
		head = head[:n]
	}
	f := sniff(head)
	if f == nil {
		return Info{}, notImage()
	}
	info := Info{MIME: f.mime, Ext: f.ext, Folder: f.kind, Size: size}
	err := f.inspect(&source{r: r, size: size}, &info)
	switch {
	case err == nil:
		return info, nil
	case errors.Is(err, errOther):
		return Info{}, notImage()
	case errors.Is(err, errDamaged):
		return Info{}, fault.New(fault.InvalidResult, "picture_damaged", "The %s is damaged.", f.name)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return Info{}, fault.New(fault.InvalidResult, "picture_cut_short", "The %s is cut short.", f.name)
	}
	return Info{}, fmt.Errorf("media: %w", err)
}

// InspectFile is [Inspect] of a file.
func InspectFile(path string) (Info, error) { return inspectFile(path, Inspect) }

func inspectFile(path string, inspect func(io.ReaderAt, int64) (Info, error)) (Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return Info{}, fmt.Errorf("media: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Info{}, fmt.Errorf("media: %w", err)
	}
	return inspect(f, st.Size())
}

func notImage() error {
	return fault.New(fault.InvalidResult, "not_a_picture", "The file is no picture or film of a known type.")
}

// sniffed is how many bytes tell a type.
const sniffed = 512

func sniff(head []byte) *format {
	for i := range formats {
		if formats[i].is(head) {
			return &formats[i]
		}
	}
	return nil
}

func prefix(s string) func([]byte) bool {
	return func(h []byte) bool { return bytes.HasPrefix(h, []byte(s)) }
}
