package media_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/media"
)

// boxFile is a file in the container of MP4 with a list of brands, the major one first.
func boxFile(brands ...string) []byte {
	whole := mp4File(40, 20, 4)
	return append(box("ftyp", []byte(brands[0]+"\x00\x00\x00\x00"+strings.Join(brands[1:], ""))), whole[bytes.Index(whole, []byte("moov"))-4:]...)
}

// A file is what its brands say, and a message names it.
func TestUploadBrands(t *testing.T) {
	t.Parallel()
	cases := []struct {
		brands []string
		want   string // in the message; empty: it is taken as an MP4
	}{
		{[]string{"isom", "isom", "iso2", "avc1", "mp41"}, ""},
		{[]string{"mp42", "mp42", "M4V "}, ""},
		{[]string{"M4V ", "mp42"}, ""},
		{[]string{"dash", "iso6"}, ""},
		{[]string{"3gp4", "3gp4"}, ""},
		{[]string{"iso5"}, ""},
		{[]string{"mp42", "qt  "}, ""},
		{[]string{"ABCD", "isom"}, ""},
		{[]string{"ABCD", "WXYZ"}, "not an image or video"},
		{[]string{"qt  ", "qt  "}, "MOV"},
		{[]string{"qt  ", "mp42"}, "MOV"},
		{[]string{"ABCD", "qt  "}, "MOV"},
		{[]string{"crx ", "crx ", "isom"}, "CR3"},
		{[]string{"M4A ", "mp42", "isom"}, "M4A"},
		{[]string{"M4B ", "mp42"}, "M4A"},
		{[]string{"heic", "mif1", "heic"}, "HEIC"},
		{[]string{"heix", "mif1"}, "HEIC"},
		{[]string{"hevc", "msf1"}, "HEIC"},
		{[]string{"hevm", "mif1"}, "HEIC"},
		{[]string{"hevs", "msf1"}, "HEIC"},
		{[]string{"mif1", "mif1", "heic"}, "HEIC"},
		{[]string{"mif1", "mif1"}, "HEIF"},
		{[]string{"msf1", "iso8"}, "HEIF"},
		{[]string{"mif1", "avif", "miaf"}, "AVIF"},
		{[]string{"avif"}, "AVIF"},
		{[]string{"avis", "msf1"}, "AVIF"},
		{[]string{"iso8", "msf1", "heic"}, "HEIC"},
		{[]string{"jxl "}, "JPEG XL"},
	}
	for _, c := range cases {
		data := boxFile(c.brands...)
		info, err := media.Upload(bytes.NewReader(data), int64(len(data)))
		switch f := fault.From(err); {
		case c.want == "" && (err != nil || info.MIME != "video/mp4"):
			t.Errorf("%q: %+v, %v", c.brands, info, err)
		case c.want != "" && (err == nil || f.Kind != fault.Unsupported || !strings.Contains(f.Message, c.want)):
			t.Errorf("%q: %v, want %s", c.brands, err, c.want)
		}
	}
}

// A result with a brand that an upload must not have is kept.
func TestInspectBrands(t *testing.T) {
	t.Parallel()
	for brand, want := range map[string]string{"isom": "video/mp4", "ABCD": "video/mp4", "M4A ": "video/mp4", "qt  ": "video/quicktime"} {
		data := boxFile(brand)
		info, err := media.Inspect(bytes.NewReader(data), int64(len(data)))
		if err != nil || info.MIME != want || info.Folder != media.Video || media.TypeByExt(info.Ext) != want {
			t.Errorf("%q: %+v, %v", brand, info, err)
		}
	}
}

// An MP4 whose tracks are only sound is no video.
func TestUploadSound(t *testing.T) {
	t.Parallel()
	track := func(kind string, width uint16) []byte {
		tkhd := make([]byte, 84)
		binary.BigEndian.PutUint16(tkhd[76:], width)
		binary.BigEndian.PutUint16(tkhd[80:], width)
		return box("trak", box("tkhd", tkhd), box("mdia", box("hdlr", []byte("\x00\x00\x00\x00\x00\x00\x00\x00"+kind+"\x00\x00\x00\x00"))))
	}
	file := func(tracks ...[]byte) []byte {
		return bytes.Join([][]byte{box("ftyp", []byte("mp42\x00\x00\x00\x00mp42")), box("moov", tracks...), box("mdat", make([]byte, 9))}, nil)
	}
	for name, c := range map[string]struct {
		data []byte
		ok   bool
	}{
		"sound":           {file(track("soun", 0)), false},
		"sound and video": {file(track("soun", 0), track("vide", 64)), true},
		"video":           {file(track("vide", 0)), true},
	} {
		_, err := media.Upload(bytes.NewReader(c.data), int64(len(c.data)))
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "MP4 without video") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files of other types are called by name, with what to do.
func TestUploadForeign(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"8BPS\x00\x01": "Photoshop", "%PDF-1.7\n": "PDF", "\x00\x00\x01\x00\x01\x00": "icon", "\xff\x0a\xfa\x1f": "JPEG XL",
		"\x00\x00\x00\x0cJXL \x0d\x0a\x87\x0a": "JPEG XL", "\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a": "JPEG 2000", "\x1aE\xdf\xa3\x01": "WebM",
		"RIFF\x00\x00\x00\x00AVI LIST": "AVI", "RIFF\x00\x00\x00\x00WAVEfmt ": "WAV", "ID3\x04": "MP3", "PK\x03\x04": "ZIP", "\x1f\x8b\x08": "gzip",
		"II+\x00\x08\x00\x00\x00": "BigTIFF", "II*\x00\x10\x00\x00\x00CR\x02\x00": "CR2", "<!DOCTYPE HTML><html>": "HTML", "\x00\x00\x00\x08wide\x00\x00\x00\x00mdat": "MOV",
		"hello": "not an image or video of a supported type",
	} {
		data := append([]byte(head), make([]byte, 64)...)
		_, err := media.Upload(bytes.NewReader(data), int64(len(data)))
		if f := fault.From(err); err == nil || f.Kind != fault.Unsupported && f.Code != "file_cut_short" || !strings.Contains(f.Message, want) || f.Charged != fault.ChargedNo {
			t.Errorf("%q: %v, want %s", head, err, want)
		}
	}
}

// resize changes the size in the header of a PNG.
func resize(data []byte, w, h uint32) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// An image whose data does not fit the size in its header is refused, and one with more
// pixels than any vendor takes.
func TestUploadLies(t *testing.T) {
	t.Parallel()
	all := samples(t)
	interlaced, err := os.ReadFile(filepath.Join("testdata", "interlaced.png"))
	if err != nil {
		t.Fatal(err)
	}
	jpegSize := func(w, h uint16) []byte {
		data := bytes.Clone(all["image/jpeg"])
		at := bytes.Index(data, []byte("\xff\xc0"))
		binary.BigEndian.PutUint16(data[at+5:], h)
		binary.BigEndian.PutUint16(data[at+7:], w)
		return data
	}
	gifSize := func(w, h uint16) []byte {
		data := bytes.Clone(all["image/gif"])
		binary.LittleEndian.PutUint16(data[6:], w)
		binary.LittleEndian.PutUint16(data[8:], h)
		return data
	}
	extended, err := os.ReadFile(filepath.Join("testdata", "lossy_alpha.webp"))
	if err != nil {
		t.Fatal(err)
	}
	canvas := bytes.Clone(extended)
	canvas[24], canvas[27] = 99, 99
	badChecksum := resize(all["image/png"], 40, 20)
	badChecksum[29]++
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewNRGBA64(image.Rect(0, 0, 31, 7))); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, code string // code empty: it is taken
		data       []byte
	}{
		{"png", "", all["image/png"]},
		{"png of 16 bits", "", wide.Bytes()},
		{"png, interlaced", "", interlaced},
		{"png, larger", "file_damaged", resize(all["image/png"], 4000, 3000)},
		{"png, smaller", "file_damaged", resize(all["image/png"], 10, 5)},
		{"png, interlaced and larger", "file_damaged", resize(interlaced, 41, 21)},
		{"png, huge", "too_many_pixels", resize(all["image/png"], 60000, 60000)},
		{"png, as large as can be said", "too_many_pixels", resize(all["image/png"], 1<<31-1, 1<<31-1)},
		{"png with a wrong checksum of the header", "file_damaged", badChecksum},
		{"jpeg", "", all["image/jpeg"]},
		{"jpeg, larger", "file_damaged", jpegSize(9000, 9000)},
		{"jpeg, huge", "too_many_pixels", jpegSize(60000, 60000)},
		{"gif, huge", "too_many_pixels", gifSize(60000, 60000)},
		{"gif, smaller than its frame", "file_damaged", gifSize(39, 20)},
		{"webp with a canvas", "", extended},
		{"webp with another canvas", "file_damaged", canvas},
	}
	for _, c := range cases {
		_, err := media.Upload(bytes.NewReader(c.data), int64(len(c.data)))
		if f := fault.From(err); err == nil && c.code != "" || err != nil && (f.Code != c.code || f.Kind != fault.Invalid || f.Charged != fault.ChargedNo) {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
	}
}

// Real files of every encoder at hand are taken.
func TestUploadReal(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		info, err := media.UploadFile(name)
		if err != nil || media.TypeByExt(filepath.Ext(name)) != info.MIME {
			t.Errorf("%s: %+v, %v", name, info, err)
		}
	}
	for _, quality := range []int{1, 50, 100} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 3000, 2000)), &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		if _, err := media.Upload(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
			t.Errorf("a jpeg of one color, quality %d: %v", quality, err)
		}
	}
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9)), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := media.Upload(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
		t.Error(err)
	}
}

// Upload does not panic, and what it takes has a sane size.
func FuzzUpload(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(boxFile("mif1", "heic"))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := media.Upload(bytes.NewReader(data), int64(len(data)))
		if err == nil && (info.Orientation < 1 || info.Orientation > 8 || info.MIME != "image/svg+xml" && info.Width*info.Height > media.MaxPixels) {
			t.Errorf("%+v", info)
		}
		if err != nil && fault.From(err).Charged != fault.ChargedNo {
			t.Errorf("%v", err)
		}
	})
}
