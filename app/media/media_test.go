package media_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/HugoSmits86/nativewebp"

	"aigc/app/fault"
	"aigc/app/media"
)

// samples are complete files of every type, of 40 by 20 pixels.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	encode := func(f func(*bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	bmp := make([]byte, 54+40*20*3)
	copy(bmp, "BM")
	binary.LittleEndian.PutUint32(bmp[2:], uint32(len(bmp)))
	binary.LittleEndian.PutUint32(bmp[10:], 54)
	binary.LittleEndian.PutUint32(bmp[14:], 40)
	binary.LittleEndian.PutUint32(bmp[18:], 40)
	binary.LittleEndian.PutUint32(bmp[22:], 20)
	bmp[26], bmp[28] = 1, 24
	return map[string][]byte{
		"image/png":     encode(func(b *bytes.Buffer) error { return png.Encode(b, img) }),
		"image/jpeg":    encode(func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) }),
		"image/gif":     encode(func(b *bytes.Buffer) error { return gif.Encode(b, image.NewPaletted(img.Rect, palette.Plan9), nil) }),
		"image/webp":    encode(func(b *bytes.Buffer) error { return nativewebp.Encode(b, img, nil) }),
		"image/bmp":     bmp,
		"image/svg+xml": []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="40" height="20px"><circle r="3"/></svg>`),
		"video/mp4":     mp4File(40, 20, 4),
	}
}

func box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	return append(append(out, kind...), body...)
}

// mp4File is a minimal MP4 with dimensions and a duration.
func mp4File(w, h, seconds int) []byte {
	mvhd := make([]byte, 100)
	binary.BigEndian.PutUint32(mvhd[12:], 1000)
	binary.BigEndian.PutUint32(mvhd[16:], uint32(1000*seconds))
	tkhd := make([]byte, 84)
	binary.BigEndian.PutUint16(tkhd[76:], uint16(w))
	binary.BigEndian.PutUint16(tkhd[80:], uint16(h))
	return bytes.Join([][]byte{box("ftyp", []byte("isom\x00\x00\x02\x00isom")), box("moov", box("mvhd", mvhd), box("trak", box("tkhd", tkhd))), box("mdat", make([]byte, 64))}, nil)
}

func TestInspectComplete(t *testing.T) {
	t.Parallel()
	for mime, data := range samples(t) {
		info, err := media.Inspect(bytes.NewReader(data), int64(len(data)))
		if err != nil || info.MIME != mime || info.Width != 40 || info.Height != 20 || info.Size != int64(len(data)) {
			t.Errorf("%s: %+v, %v", mime, info, err)
		}
		if mime == "video/mp4" && (info.Duration.Seconds() != 4 || info.Folder != media.Video) {
			t.Errorf("%+v", info)
		}
		if media.TypeByExt(info.Ext) != mime {
			t.Errorf("%s has the extension %s", mime, info.Ext)
		}
	}
}

// A file that is cut short is invalid.
func TestInspectCutShort(t *testing.T) {
	t.Parallel()
	for mime, data := range samples(t) {
		for _, n := range []int{0, 1, 10, 30, len(data) / 2, len(data) - 1} {
			_, err := media.Inspect(bytes.NewReader(data[:n]), int64(n))
			if fault.KindOf(err) != fault.InvalidResult {
				t.Errorf("%s of %d bytes cut to %d: %v", mime, len(data), n, err)
			}
		}
	}
}

func TestInspectOther(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"html": "<!doctype html><html><body>Bad gateway</body></html>", "json": `{"error":"x"}`, "text": "hello", "html with an svg element": "<html><svg></svg></html>",
	} {
		if _, err := media.Inspect(strings.NewReader(text), int64(len(text))); fault.KindOf(err) != fault.InvalidResult {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	svg := func(body string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">` + body + `</svg>`
	}
	for name, c := range map[string]struct {
		data string
		want fault.Kind
	}{
		"harmless svg":    {svg(`<circle r="1" fill="url(#a)"/>`), ""},
		"script":          {svg(`<script>alert(1)</script>`), fault.Unsupported},
		"event handler":   {svg(`<rect onload="alert(1)"/>`), fault.Unsupported},
		"javascript link": {svg(`<a href="javascript:alert(1)"/>`), fault.Unsupported},
		"external image":  {svg(`<image href="http://evil.example/a.png"/>`), fault.Unsupported},
		"foreign object":  {svg(`<foreignObject/>`), fault.Unsupported},
		"html":            {"<html></html>", fault.Unsupported},
		"cut png":         {"\x89PNG\r\n\x1a\n", fault.Invalid},
	} {
		path := filepath.Join(t.TempDir(), "upload")
		if err := os.WriteFile(path, []byte(c.data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := media.UploadFile(path); fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	large := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(media.MaxUpload + 1); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if _, err := media.UploadFile(large); fault.KindOf(err) != fault.TooLarge {
		t.Error(err)
	}
}

// thumbnail makes a thumbnail of 10 pixels.
func thumbnail(w io.Writer, data []byte) error {
	st, err := media.OpenStill(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return st.Thumbnail(w, 10)
}

func TestThumbnail(t *testing.T) {
	t.Parallel()
	for mime, data := range samples(t) {
		if mime == "image/svg+xml" || mime == "video/mp4" {
			continue
		}
		var b bytes.Buffer
		if err := thumbnail(&b, data); err != nil {
			t.Errorf("%s: %v", mime, err)
			continue
		}
		c, err := jpeg.DecodeConfig(&b)
		if err != nil || c.Width != 10 || c.Height != 5 {
			t.Errorf("%s: %+v, %v", mime, c, err)
		}
	}
	small, err := media.NewDecoder(media.MaxDecode).Thumbnail(t.Context(), bytes.NewReader(samples(t)["image/png"]), 5000)
	if err != nil || len(small) == 0 || len(small) > 5000 {
		t.Errorf("%d bytes, %v", len(small), err)
	}
}

// Inspect does not panic, whatever the file, and describes only valid files.
func FuzzInspect(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := media.Inspect(bytes.NewReader(data), int64(len(data)))
		if err == nil && (info.Size != int64(len(data)) || info.MIME == "" || info.Width < 0 || info.Height < 0) {
			t.Errorf("%+v", info)
		}
	})
}
