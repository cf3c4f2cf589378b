package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func makeThumbnail(w io.Writer, r io.ReadSeeker, side int) error {
	st, err := OpenStill(r)
	if err != nil {
		return err
	}
	return st.Thumbnail(w, side)
}

// stream hides the other methods of a reader, as an object of S3 has none.
type stream struct{ io.ReadSeeker }

func isNear(got color.Color, want color.RGBA, off int) bool {
	r, g, b, _ := got.RGBA()
	for _, d := range []int{int(r>>8) - int(want.R), int(g>>8) - int(want.G), int(b>>8) - int(want.B)} {
		if d > off || d < -off {
			return false
		}
	}
	return true
}

var (
	red   = color.RGBA{221, 30, 31, 255}
	blue  = color.RGBA{20, 60, 200, 255}
	white = color.RGBA{255, 255, 255, 255}
	black = color.RGBA{0, 0, 0, 255}
	gray  = color.RGBA{128, 128, 128, 255}
	pink  = color.RGBA{238, 143, 143, 255} // half transparent red on white
)

// Thumbnails have the colors of the image, are upright, and show the first frame of an
// animation and the first page of a TIFF.
func TestThumbnailColors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		file        string
		left, right color.RGBA // if the image is upright; of a turned one above and below
		w, h        int
	}{
		{"white.webp", white, white, 40, 20},
		{"black.webp", black, black, 40, 20},
		{"lossy.webp", red, blue, 40, 20},
		{"lossy_alpha.webp", pink, blue, 40, 20},
		{"lossless_alpha.webp", pink, blue, 40, 20},
		{"animated.webp", red, blue, 40, 20},
		{"animated_alpha.webp", white, blue, 40, 20},
		{"animated.png", red, blue, 40, 20},
		{"animated.gif", red, blue, 40, 20},
		{"progressive.jpg", red, blue, 40, 20},
		{"cmyk.jpg", red, blue, 40, 20},
		{"turned.webp", red, blue, 20, 40},
		{"turned.tiff", red, blue, 20, 40},
		{"pages.tiff", red, blue, 40, 20},
		{"lzw.tiff", red, blue, 40, 20},
		{"palette.tiff", red, blue, 40, 20},
		{"alpha.tiff", white, blue, 40, 20},
		{"gray16.tiff", gray, gray, 40, 20},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			for name, r := range map[string]io.ReadSeeker{"file": bytes.NewReader(testFile(t, c.file)), "stream": stream{bytes.NewReader(testFile(t, c.file))}} {
				var out bytes.Buffer
				if err := makeThumbnail(&out, r, 512); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				img, err := jpeg.Decode(&out)
				if err != nil {
					t.Fatal(err)
				}
				if size := img.Bounds().Size(); size != image.Pt(c.w, c.h) {
					t.Fatalf("%s: %v", name, size)
				}
				from, to := img.At(c.w/4, c.h/2), img.At(c.w*3/4, c.h/2)
				if c.w < c.h {
					from, to = img.At(c.w/2, c.h/4), img.At(c.w/2, c.h*3/4)
				}
				if !isNear(from, c.left, 12) || !isNear(to, c.right, 12) {
					t.Errorf("%s: %v and %v", name, from, to)
				}
			}
		})
	}
}

// corner is an image of 3 by 2 pixels whose pixels all differ.
func corner() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		img.SetNRGBA(i%3, i/3, color.NRGBA{uint8(40 * i), 0, 0, 255})
	}
	return img
}

// For each orientation the pixels come where EXIF says.
func TestTurn(t *testing.T) {
	t.Parallel()
	want := map[int][][]int{ // the stored pixels 0 to 5, as they are shown
		1: {{0, 1, 2}, {3, 4, 5}}, 2: {{2, 1, 0}, {5, 4, 3}}, 3: {{5, 4, 3}, {2, 1, 0}}, 4: {{3, 4, 5}, {0, 1, 2}},
		5: {{0, 3}, {1, 4}, {2, 5}}, 6: {{3, 0}, {4, 1}, {5, 2}}, 7: {{5, 2}, {4, 1}, {3, 0}}, 8: {{2, 5}, {1, 4}, {0, 3}},
	}
	for orientation, rows := range want {
		got := turn(corner(), orientation)
		if got.Bounds() != image.Rect(0, 0, len(rows[0]), len(rows)) {
			t.Errorf("%d: %v", orientation, got.Bounds())
			continue
		}
		for y, row := range rows {
			for x, i := range row {
				if r, _, _, _ := got.At(x, y).RGBA(); int(r>>8) != 40*i {
					t.Errorf("%d at %d, %d: %d, want pixel %d", orientation, x, y, r>>8, i)
				}
			}
		}
	}
}

// exif is EXIF data with an orientation, in one of the two byte orders.
func exif(order binary.AppendByteOrder, orientation int) []byte {
	out := []byte("MM\x00*")
	if order.String() == "LittleEndian" {
		out = []byte("II*\x00")
	}
	out = order.AppendUint32(out, 8)
	out = order.AppendUint16(out, 2)
	for _, e := range [][2]int{{271, 0}, {tagOrientation, orientation}} {
		out = order.AppendUint16(out, uint16(e[0]))
		out = order.AppendUint16(out, typeShort)
		out = order.AppendUint32(out, 1)
		out = order.AppendUint16(out, uint16(e[1]))
		out = order.AppendUint16(out, 0)
	}
	return order.AppendUint32(out, 0)
}

func insert(data []byte, at int, parts ...[]byte) []byte {
	return bytes.Join(append(append([][]byte{data[:at]}, parts...), data[at:]), nil)
}

func pngChunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

func jpegEXIF(data []byte) []byte {
	out := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(exifPrefix)+len(data)))
	return append(append(out, exifPrefix...), data...)
}

// The size is that of the image as it is shown, whatever the format has its EXIF in.
func TestOrientation(t *testing.T) {
	t.Parallel()
	var asPNG, asJPEG bytes.Buffer
	if err := errors.Join(png.Encode(&asPNG, photo(40, 20)), jpeg.Encode(&asJPEG, photo(40, 20), nil)); err != nil {
		t.Fatal(err)
	}
	big, little := exif(binary.BigEndian, 6), exif(binary.LittleEndian, 8)
	end := asPNG.Len() - 12
	cases := []struct {
		name        string
		data        []byte
		orientation int
	}{
		{"jpeg without", asJPEG.Bytes(), 1},
		{"jpeg, big endian", insert(asJPEG.Bytes(), 2, jpegEXIF(big)), 6},
		{"jpeg, little endian", insert(asJPEG.Bytes(), 2, jpegEXIF(little)), 8},
		{"jpeg, mirrored", insert(asJPEG.Bytes(), 2, jpegEXIF(exif(binary.BigEndian, 5))), 5},
		{"jpeg, upside down", insert(asJPEG.Bytes(), 2, jpegEXIF(exif(binary.BigEndian, 3))), 3},
		{"jpeg, after other segments and fill bytes", insert(asJPEG.Bytes(), 2, []byte("\xff\xe0\x00\x04ab\xff\xe1\x00\x08http:/\xff\xff\xff"), jpegEXIF(big)[1:]), 6},
		{"jpeg, no orientation of EXIF", insert(asJPEG.Bytes(), 2, jpegEXIF(exif(binary.BigEndian, 9))), 1},
		{"jpeg, EXIF cut short", insert(asJPEG.Bytes(), 2, jpegEXIF(big[:20])), 1},
		{"jpeg, EXIF of no kind", insert(asJPEG.Bytes(), 2, jpegEXIF([]byte("XX*\x00\x00\x00\x00\x08"))), 1},
		{"png, before the image", insert(asPNG.Bytes(), 33, pngChunk("eXIf", big)), 6},
		{"png, behind the image", insert(asPNG.Bytes(), end, pngChunk("eXIf", little)), 8},
		{"webp", testFile(t, "turned.webp"), 6},
		{"tiff", testFile(t, "turned.tiff"), 6},
	}
	for _, c := range cases {
		info, err := Inspect(bytes.NewReader(c.data), int64(len(c.data)))
		w, h := 40, 20
		if c.orientation >= 5 {
			w, h = h, w
		}
		if err != nil || info.Orientation != c.orientation || info.Width != w || info.Height != h {
			t.Errorf("%s: %+v, %v", c.name, info, err)
		}
	}
}

// A converted image is upright, has eight bits per component, and keeps transparency and
// color profile.
func TestConvert(t *testing.T) {
	t.Parallel()
	cases := []struct {
		file, mime  string
		w, h        int
		left, right color.RGBA
		profile     string // in the new file
	}{
		{"lzw.tiff", "image/png", 40, 20, red, blue, ""},
		{"turned.tiff", "image/png", 20, 40, red, blue, ""},
		{"pages.tiff", "image/png", 40, 20, red, blue, ""},
		{"palette.tiff", "image/png", 40, 20, red, blue, ""},
		{"gray16.tiff", "image/png", 40, 20, gray, gray, ""},
		{"alpha.tiff", "image/png", 40, 20, color.RGBA{}, blue, ""},
		{"profile.tiff", "image/png", 40, 20, red, blue, "iCCP"},
		{"profile.jpg", "image/jpeg", 40, 20, red, blue, "ICC_PROFILE"},
		{"turned.webp", "image/png", 20, 40, red, blue, ""},
	}
	for _, c := range cases {
		st, err := OpenStill(bytes.NewReader(testFile(t, c.file)))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := st.Convert(&out); err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		data := out.Bytes()
		info, err := Upload(bytes.NewReader(data), int64(len(data)))
		if err != nil || info.MIME != c.mime || info.Width != c.w || info.Height != c.h || info.Orientation != upright {
			t.Errorf("%s: %+v, %v", c.file, info, err)
			continue
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		from, to := img.At(c.w/4, c.h/2), img.At(c.w*3/4, c.h/2)
		if c.w < c.h {
			from, to = img.At(c.w/2, c.h/4), img.At(c.w/2, c.h*3/4)
		}
		if !isNear(from, c.left, 6) || !isNear(to, c.right, 6) || wide(img) || !strings.Contains(out.String(), c.profile) {
			t.Errorf("%s: %v and %v, %T", c.file, from, to, img)
		}
	}
}

func TestConvertUnsupported(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{"cmyk.tiff": "CMYK", "jpeg.tiff": "JPEG"} {
		st, err := OpenStill(bytes.NewReader(testFile(t, file)))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var bad *UndecodableError
		if err := st.Convert(io.Discard); !errors.As(err, &bad) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
	st, err := OpenStill(bytes.NewReader(testFile(t, "lzw.tiff")))
	if err != nil {
		t.Fatal(err)
	}
	st.Memory = MaxDecode + 1
	if err := st.Convert(io.Discard); !errors.Is(err, ErrTooBig) {
		t.Errorf("%v", err)
	}
}

func TestAlpha(t *testing.T) {
	t.Parallel()
	encode := func(img image.Image) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	opaque := encode(photo(8, 8)) // RGB
	bare := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	palette := image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.NRGBA{}, color.NRGBA{1, 2, 3, 255}})
	// A PNG with an alpha channel in which nothing is transparent: the encoder makes none.
	full := encode(bare)
	cases := map[string]struct {
		data []byte
		want Alpha
	}{
		"rgb":                 {opaque, NoAlpha},
		"gray":                {encode(image.NewGray(image.Rect(0, 0, 8, 8))), NoAlpha},
		"transparent":         {full, TransparentAlpha},
		"transparent palette": {encode(palette), TransparentAlpha},
		"jpeg":                {testFile(t, "progressive.jpg"), NoAlpha},
		"webp":                {testFile(t, "lossy_alpha.webp"), TransparentAlpha},
		"opaque channel":      {opaqueChannel(t), OpaqueAlpha},
	}
	for name, c := range cases {
		st, err := OpenStill(bytes.NewReader(c.data))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := st.Alpha(); got != c.want || err != nil {
			t.Errorf("%s: %d, %v", name, got, err)
		}
	}
}

// Memory grows with what the decoder of a format needs.
func TestStillMemory(t *testing.T) {
	t.Parallel()
	const pixels = 40 * 20
	size := func(file string) int64 { return int64(len(testFile(t, file))) }
	for file, want := range map[string]int64{
		"animated.gif":        pixels * 5,
		"progressive.jpg":     48 * 32 * 15 / 2, // whole units of 16 by 16 pixels, with their coefficients
		"cmyk.jpg":            40 * 24 * 12,
		"lossy.webp":          pixels*3/2 + 112,               // and its data
		"lossless_alpha.webp": pixels*8 + 15*2700 + 50*1024,   // and Huffman tables
		"lossy_alpha.webp":    pixels*13/2 + 112 + 10*2700,    // and its data, with the Huffman tables of its alpha channel
		"lzw.tiff":            pixels*4 + pixels*16,           // and the buffer of a strip
		"gray16.tiff":         pixels*2 + size("gray16.tiff"), // and a strip as it is
	} {
		st, err := OpenStill(bytes.NewReader(testFile(t, file)))
		if err != nil {
			t.Fatal(err)
		}
		if st.Memory != want {
			t.Errorf("%s: %d bytes, want %d", file, st.Memory, want)
		}
	}
}

// A header may say any size: the memory of an image is never negative.
func TestStillMemoryIsPositive(t *testing.T) {
	t.Parallel()
	header := make([]byte, 100)
	copy(header, "BM")
	le := binary.LittleEndian
	le.PutUint32(header[2:], 100)
	le.PutUint32(header[10:], 54)
	le.PutUint32(header[14:], 40)
	le.PutUint32(header[18:], math.MaxInt32)
	le.PutUint32(header[22:], math.MaxInt32)
	le.PutUint16(header[26:], 1)
	le.PutUint16(header[28:], 8)
	le.PutUint32(header[30:], 1) // run lengths, so that a short file may have all pixels
	st, err := OpenStill(bytes.NewReader(header))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Decode(); !errors.Is(err, ErrTooBig) {
		t.Errorf("%d bytes: %v", st.Memory, err)
	}
}

// An error of the reader is not one of the image.
func TestStillUnreadable(t *testing.T) {
	t.Parallel()
	data := testFile(t, "lzw.tiff")
	r := &failing{ReadSeeker: bytes.NewReader(data)}
	st, err := OpenStill(r)
	if err != nil {
		t.Fatal(err)
	}
	r.fail = true
	var bad *UndecodableError
	if _, err := st.Decode(); !errors.Is(err, io.ErrClosedPipe) || errors.As(err, &bad) {
		t.Errorf("%v", err)
	}
}

type failing struct {
	io.ReadSeeker
	fail bool
}

// Seek implements [io.Seeker].
func (f *failing) Seek(off int64, whence int) (int64, error) {
	if f.fail {
		return 0, io.ErrClosedPipe
	}
	return f.ReadSeeker.Seek(off, whence)
}

// FuzzStill decodes any file without a panic, and only within the limit of memory.
func FuzzStill(f *testing.F) {
	files, err := filepath.Glob("testdata/*.*")
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
	f.Fuzz(func(t *testing.T, data []byte) {
		st, err := OpenStill(bytes.NewReader(data))
		if err != nil || st.Memory > 4<<20 {
			return
		}
		_ = st.Thumbnail(io.Discard, 16)
		_, _ = st.Alpha()
		_ = st.Convert(io.Discard)
	})
}

// opaqueChannel is a PNG with an alpha channel in which all pixels are opaque; Go's
// encoder leaves such a channel out.
func opaqueChannel(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	if err := png.Encode(&b, notOpaque{img}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// notOpaque says that it has transparent pixels.
type notOpaque struct{ *image.NRGBA }

// Opaque implements the question of the encoder.
func (notOpaque) Opaque() bool { return false }
