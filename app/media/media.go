package media

import (
	"bytes"
	"io"
	"os"
	"time"

	"aigc/app/fault"
)

// Kind is the folder a file belongs to.
type Kind string

// The kinds.
const (
	Image Kind = "images"
	Video Kind = "videos"
	File  Kind = "files"
)

// Info describes a valid picture or film.
type Info struct {
	MIME     string
	Ext      string // with the dot
	Kind     Kind
	Width    int // pixels; 0 where the type has none
	Height   int
	Duration time.Duration // of a film
	Size     int64         // bytes
}

// format is one type of file that we know.
type format struct {
	mime, ext string
	kind      Kind
	is        func(head []byte) bool
	inspect   func(r io.ReaderAt, size int64, info *Info) error
}

var formats = []format{
	{"image/png", ".png", Image, prefix("\x89PNG\r\n\x1a\n"), inspectPNG},
	{"image/jpeg", ".jpg", Image, prefix("\xff\xd8\xff"), inspectJPEG},
	{"image/gif", ".gif", Image, func(h []byte) bool { return prefix("GIF87a")(h) || prefix("GIF89a")(h) }, inspectGIF},
	{"image/webp", ".webp", Image, func(h []byte) bool { return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WEBP" }, inspectWebP},
	{"image/bmp", ".bmp", Image, prefix("BM"), inspectBMP},
	{"video/mp4", ".mp4", Video, func(h []byte) bool { return len(h) >= 12 && string(h[4:8]) == "ftyp" }, inspectMP4},
	{"image/svg+xml", ".svg", Image, looksLikeSVG, inspectSVG},
}

func prefix(s string) func([]byte) bool {
	return func(h []byte) bool { return bytes.HasPrefix(h, []byte(s)) }
}

// Inspect proves that a file is a whole picture or film and describes it. What
// is none, or is cut short, is a fault of kind Broken.
func Inspect(r io.ReaderAt, size int64) (Info, error) {
	if size == 0 {
		return Info{}, fault.New(fault.Broken, "empty_result", "The file is empty.")
	}
	head := make([]byte, min(size, 1024))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return Info{}, err
	}
	for _, f := range formats {
		if f.is(head) {
			info := Info{MIME: f.mime, Ext: f.ext, Kind: f.kind, Size: size}
			return info, f.inspect(r, size, &info)
		}
	}
	return Info{}, fault.New(fault.Broken, "not_a_picture", "The file is no picture or film of a known type.")
}

// InspectFile is [Inspect] of a file.
func InspectFile(path string) (Info, error) {
	f, err := os.Open(path)
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return Info{}, err
	}
	return Inspect(f, st.Size())
}

// TypeByExt is the media type of a name we gave; "application/octet-stream"
// for any other.
func TypeByExt(ext string) string {
	for _, f := range formats {
		if f.ext == ext {
			return f.mime
		}
	}
	return "application/octet-stream"
}

func cutShort(what string) error {
	return fault.New(fault.Broken, "picture_cut_short", "The %s is cut short.", what)
}

func damaged(what string) error {
	return fault.New(fault.Broken, "picture_damaged", "The %s is damaged.", what)
}

// at reads exactly n bytes at off.
func at(r io.ReaderAt, off int64, n int) ([]byte, bool) {
	b := make([]byte, n)
	got, err := r.ReadAt(b, off)
	return b, got == n && (err == nil || err == io.EOF)
}
