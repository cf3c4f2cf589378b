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

// Folder is the folder of the object store that a file belongs to.
type Folder string

// The folders.
const (
	Image Folder = "images"
	Video Folder = "videos"
	File  Folder = "files"
)

// Info describes a valid image or video.
type Info struct {
	MIME     string
	Ext      string // with the dot
	Folder   Folder
	Width    int // pixels, without the rotation of EXIF; 0 if the file does not say
	Height   int
	Duration time.Duration // of a video; 0 if the file does not say
	Size     int64         // bytes
}

// Errors of format.inspect; io.ErrUnexpectedEOF is a file that is cut short. Any other
// error means that the file could not be read, not that it is invalid.
var (
	errDamaged     = errors.New("damaged")
	errUnknownType = errors.New("unknown type")
)

// Inspect checks that a file of size bytes is a complete image or video, and describes
// it. It reads nothing beyond size. It uses at most about 40 KB of memory; for an SVG
// also that of its longest text or tag, at most 8 MB.
//
// The error of an invalid file is a fault of kind InvalidResult with the code
// empty_result, unknown_file_type, file_cut_short or file_damaged. An error that is
// not a fault means that r could not be read; the file may be valid.
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
		return Info{}, unknownType()
	}
	info := Info{MIME: f.mime, Ext: f.ext, Folder: f.kind, Size: size}
	err := f.inspect(&source{r: r, size: size}, &info)
	switch {
	case err == nil:
		return info, nil
	case errors.Is(err, errUnknownType):
		return Info{}, unknownType()
	case errors.Is(err, errDamaged):
		return Info{}, fault.New(fault.InvalidResult, "file_damaged", "The %s is damaged.", f.name)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return Info{}, fault.New(fault.InvalidResult, "file_cut_short", "The %s is cut short.", f.name)
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

func unknownType() error {
	return fault.New(fault.InvalidResult, "unknown_file_type", "The file is not an image or video of a supported type.")
}

// sniffed is the number of bytes by which the type is recognized.
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
