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
	MIME        string
	Ext         string // with the dot
	Folder      Folder
	Width       int // pixels, as the image is shown: turned as EXIF says; 0 if the file does not say
	Height      int
	Orientation int           // of EXIF, 1 to 8: how the stored image is turned or mirrored when it is shown; 1: it is not
	Duration    time.Duration // of a video; 0 if the file does not say
	Size        int64         // bytes

	silent bool // an MP4 that has sound and no video
	unread bool // an SVG beyond the limits, of which only the root and the end are known
}

// Errors of format.inspect; io.ErrUnexpectedEOF is a file that is cut short. Any other
// error means that the file could not be read, not that it is invalid.
var (
	errDamaged     = errors.New("damaged")
	errUnknownType = errors.New("unknown type")
)

// Inspect checks that a file of size bytes is a complete image or video, and describes
// it. It reads nothing beyond size. It uses at most about 40 KB of memory; for an SVG
// also that of its longest text or tag, at most about 2 MB.
//
// The error of an invalid file is a fault of kind InvalidResult with the code
// empty_result, unknown_file_type, file_cut_short, file_damaged or file_too_complex. An error that is
// not a fault means that r could not be read; the file may be valid.
func Inspect(r io.ReaderAt, size int64) (Info, error) {
	if size <= 0 {
		return Info{}, fault.New(fault.InvalidResult, "empty_result", "The file is empty.")
	}
	head, err := readHead(r, size)
	if err != nil {
		return Info{}, err
	}
	f := sniff(head)
	if f == nil {
		return Info{}, unknownType()
	}
	info := Info{MIME: f.mime, Ext: f.ext, Folder: f.kind, Size: size, Orientation: upright}
	err = f.inspect(&source{r: r, size: size}, &info)
	if bad := f.invalid(err); bad != nil {
		return Info{}, bad
	}
	if err != nil {
		return Info{}, fmt.Errorf("media: %w", err)
	}
	if sideways(info.Orientation) {
		info.Width, info.Height = info.Height, info.Width
	}
	return info, nil
}

// invalid is the fault of a file that is invalid; nil if err says something else.
func (f *format) invalid(err error) *fault.Error {
	switch {
	case errors.Is(err, errUnknownType):
		return unknownType()
	case errors.Is(err, errTooComplex):
		return tooComplex(fault.InvalidResult)
	case errors.Is(err, errDamaged):
		return fault.New(fault.InvalidResult, "file_damaged", "The %s is damaged.", f.name)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fault.New(fault.InvalidResult, "file_cut_short", "The %s is cut short.", f.name)
	}
	return nil
}

// readHead reads the bytes by which the type is recognized.
func readHead(r io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, max(0, min(size, sniffed)))
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("media: %w", err)
	}
	return head[:n], nil
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

func tooComplex(kind fault.Kind) *fault.Error {
	return fault.New(kind, "file_too_complex",
		"The SVG has a tag of more than %d KB or %d attributes, a text of more than %d KB, more than %d elements, or elements that are nested more than %d deep or in long tags. Simplify it, or send it as PNG.",
		maxTag>>10, maxAttributes, maxText>>10, maxElements, maxDepth)
}

func unknownType() *fault.Error {
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
