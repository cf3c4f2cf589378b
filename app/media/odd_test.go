package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"aigc/app/fault"
	"aigc/app/media"
)

// Unusual files that decoders accept are valid.
func TestInspectUnusual(t *testing.T) {
	t.Parallel()
	all := samples(t)
	padding := make([]byte, 5)
	turned := mp4File(20, 40, 4)
	tkhd := bytes.Index(turned, []byte("tkhd")) + 4
	binary.BigEndian.PutUint32(turned[tkhd+44:], 0x00010000)
	cases := []struct {
		name, mime string
		data       []byte
	}{
		{"png with bytes after its end", "image/png", append(bytes.Clone(all["image/png"]), padding...)},
		{"jpeg with bytes after its end", "image/jpeg", append(bytes.Clone(all["image/jpeg"]), padding...)},
		{"gif with bytes after its end", "image/gif", append(bytes.Clone(all["image/gif"]), padding...)},
		{"mp4 with a short padding", "video/mp4", append(bytes.Clone(all["video/mp4"]), padding...)},
		{"mp4 rotated by 90 degrees", "video/mp4", turned},
		{"svg after a byte order mark", "image/svg+xml", append([]byte("\xef\xbb\xbf"), all["image/svg+xml"]...)},
	}
	for _, c := range cases {
		info, err := media.Inspect(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil || info.MIME != c.mime || info.Width != 40 || info.Height != 20 {
			t.Errorf("%s: %+v, %v", c.name, info, err)
		}
	}
}

// Files that only begin like an image or video are invalid.
func TestInspectInvalid(t *testing.T) {
	t.Parallel()
	all := samples(t)
	noData := append(bytes.Clone(all["image/png"][:33]), "\x00\x00\x00\x00IEND\xaeB`\x82"...)
	noScan := append(bytes.Clone(all["image/jpeg"][:2]), 0xff, 0xd9)
	noFrames := all["video/mp4"][:bytes.Index(all["video/mp4"], []byte("mdat"))-4]
	cases := []struct {
		name, code string
		data       []byte
	}{
		{"png without image data", "file_damaged", noData},
		{"jpeg without a scan", "file_damaged", noScan},
		{"mp4 without frames", "file_cut_short", noFrames},
		{"gif without an image", "file_damaged", append(bytes.Clone([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00")), 0x3b)},
		{"heic", "unknown_file_type", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")},
		{"text that begins with BM", "unknown_file_type", []byte("BMW is a maker of cars and of motorbikes.")},
		{"svg root in another namespace", "unknown_file_type", []byte(`<svg xmlns="http://example.com/other"/>`)},
		{"svg with an entity bomb", "file_damaged", []byte(`<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>`)},
		{"two roots", "file_damaged", []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg><svg/>`)},
	}
	for _, c := range cases {
		_, err := media.Inspect(bytes.NewReader(c.data), int64(len(c.data)))
		if f := fault.From(err); err == nil || f.Kind != fault.InvalidResult || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

// A read error is not a fault: it does not mean that the file is invalid.
func TestInspectUnreadable(t *testing.T) {
	t.Parallel()
	_, err := media.Inspect(unreadable{}, 100)
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		t.Errorf("%v", err)
	}
}

type unreadable struct{}

// ReadAt implements [io.ReaderAt].
func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }
