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

// A paid result that decoders read is not refused for being unusual.
func TestInspectForgives(t *testing.T) {
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
		{"png with bytes behind its end", "image/png", append(bytes.Clone(all["image/png"]), padding...)},
		{"jpeg with bytes behind its end", "image/jpeg", append(bytes.Clone(all["image/jpeg"]), padding...)},
		{"gif with bytes behind its end", "image/gif", append(bytes.Clone(all["image/gif"]), padding...)},
		{"film with a short padding", "video/mp4", append(bytes.Clone(all["video/mp4"]), padding...)},
		{"film turned by a quarter", "video/mp4", turned},
		{"svg behind a byte order mark", "image/svg+xml", append([]byte("\xef\xbb\xbf"), all["image/svg+xml"]...)},
	}
	for _, c := range cases {
		info, err := media.Inspect(bytes.NewReader(c.data), int64(len(c.data)))
		if err != nil || info.MIME != c.mime || info.Width != 40 || info.Height != 20 {
			t.Errorf("%s: %+v, %v", c.name, info, err)
		}
	}
}

// What only begins like a picture is none.
func TestInspectRefuses(t *testing.T) {
	t.Parallel()
	all := samples(t)
	noData := append(bytes.Clone(all["image/png"][:33]), "\x00\x00\x00\x00IEND\xaeB`\x82"...)
	noScan := append(bytes.Clone(all["image/jpeg"][:2]), 0xff, 0xd9)
	noFrames := all["video/mp4"][:bytes.Index(all["video/mp4"], []byte("mdat"))-4]
	cases := []struct {
		name, code string
		data       []byte
	}{
		{"png without picture data", "picture_damaged", noData},
		{"jpeg without a scan", "picture_damaged", noScan},
		{"film without frames", "picture_cut_short", noFrames},
		{"gif without a picture", "picture_damaged", append(bytes.Clone([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00")), 0x3b)},
		{"heic", "not_a_picture", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")},
		{"text that begins with BM", "not_a_picture", []byte("BMW is a maker of cars and of motorbikes.")},
		{"svg in svg's name only", "not_a_picture", []byte(`<svg xmlns="http://example.com/other"/>`)},
		{"svg with an entity bomb", "picture_damaged", []byte(`<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>`)},
		{"two roots", "picture_damaged", []byte(`<svg xmlns="http://www.w3.org/2000/svg"></svg><svg/>`)},
	}
	for _, c := range cases {
		_, err := media.Inspect(bytes.NewReader(c.data), int64(len(c.data)))
		if f := fault.From(err); err == nil || f.Kind != fault.InvalidResult || f.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

// A disk that cannot be read says nothing about the picture: the result is not
// given up for it.
func TestInspectUnreadable(t *testing.T) {
	t.Parallel()
	_, err := media.Inspect(broken{}, 100)
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		t.Errorf("%v", err)
	}
}

type broken struct{}

// ReadAt implements [io.ReaderAt].
func (broken) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }
