package media

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// MaxDecode is the limit of the memory that decoding one image may take, in bytes.
// [Still.Memory] says how much an image takes. [Decoder] is for images that are decoded
// concurrently.
const MaxDecode = 128 << 20

// ErrTooBig is returned for an image that takes more than [MaxDecode] to decode.
var ErrTooBig = errors.New("media: the image is too large to be decoded")

var errNotStill error = &UndecodableError{errors.New("its format is not supported")}

// Still is an image that can be decoded: for a thumbnail, a conversion, or a look at its
// transparency. Of an animation it is the first frame, of a TIFF the first page.
type Still struct {
	Info
	Memory int64 // bytes that decoding takes, at most
	s      *source
	in     *recorder
	decode func() (image.Image, error) // as it is stored, with the colors as they are shown
}

// OpenStill reads the header of an image; r must stay open while it is used.
func OpenStill(r io.ReadSeeker) (*Still, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	at, ok := r.(io.ReaderAt)
	if !ok {
		at = &seekReader{r: r, at: -1}
	}
	in := &recorder{r: at}
	st := &Still{s: &source{r: in, size: size}, in: in}
	if st.Info, err = Inspect(in, size); err != nil {
		return nil, err
	}
	switch st.MIME {
	case "image/png":
		err = st.openPNG()
	case "image/jpeg":
		err = st.openJPEG()
	case "image/gif":
		st.open(1, 4, decodeGIF)
	case "image/webp":
		err = st.openWebP()
	case "image/bmp":
		st.open(4, 0, bmp.Decode)
	case mimeTIFF:
		err = st.openTIFF()
	default:
		return nil, errNotStill
	}
	return st, err
}

// open sets decode, and Memory to bytes per pixel, of the result and of what decoding
// needs beside it.
func (st *Still) open(result, beside float64, decode func(io.Reader) (image.Image, error)) {
	st.Memory = int64(min(float64(st.Width)*float64(st.Height)*(result+beside), math.MaxInt64/2)) // the header may say anything
	st.decode = func() (image.Image, error) { return decode(io.NewSectionReader(st.s.r, 0, st.s.size)) }
}

// Decode decodes the image as it is stored. The error is [ErrTooBig] if that takes too
// much memory, an [UndecodableError] if the image cannot be decoded, and that of the
// reader if it failed.
func (st *Still) Decode() (image.Image, error) {
	if st.Memory > MaxDecode {
		return nil, ErrTooBig
	}
	img, err := st.decode()
	if st.in.err != nil {
		return nil, fmt.Errorf("media: %w", st.in.err)
	}
	if err != nil {
		return nil, &UndecodableError{err}
	}
	w, h := st.Width, st.Height
	if sideways(st.Orientation) {
		w, h = h, w
	}
	if size := img.Bounds().Size(); size != image.Pt(w, h) {
		return nil, &UndecodableError{fmt.Errorf("it has %dx%d pixels instead of %dx%d", size.X, size.Y, w, h)}
	}
	return img, nil
}

// UndecodableError says why an image cannot be decoded.
type UndecodableError struct{ err error }

// Error implements error.
func (e *UndecodableError) Error() string {
	return "media: the image cannot be decoded: " + e.err.Error()
}

// Unwrap returns the error of the decoder.
func (e *UndecodableError) Unwrap() error { return e.err }

// recorder keeps the first error of a reader that is not the end of the file: decoders
// report such errors like those of a damaged image.
type recorder struct {
	r   io.ReaderAt
	err error
}

// ReadAt implements [io.ReaderAt].
func (r *recorder) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.r.ReadAt(p, off)
	if err != nil && err != io.EOF && r.err == nil {
		r.err = err
	}
	return n, err
}

func (st *Still) openPNG() error {
	b, err := st.s.at(24, 5)
	if err != nil {
		return err
	}
	depth, kind, interlaced := b[0], b[1], b[4] != 0
	result := 4.0
	switch {
	case kind == 3:
		result = 1
	case depth == 16:
		result = 8
	}
	beside := 0.0
	if interlaced { // the passes are decoded one by one, the last is half of the image
		beside = result / 2
	}
	st.open(result, beside, png.Decode)
	return nil
}

func (st *Still) openJPEG() error {
	f, err := readFrame(st.s.from(2))
	if err != nil {
		return err
	}
	result, beside := f.density, 0.0
	switch f.components {
	case 3:
		if f.rgb { // it is converted to an image of 4 bytes a pixel
			beside = 4
		}
	case 4:
		beside = 8
	}
	if f.progressive { // all coefficients are held in memory, of four bytes each
		beside += 4 * f.density
	}
	st.open(result, beside, jpeg.Decode)
	st.Memory = int64(float64(f.units) * (result + beside))
	return nil
}

func (st *Still) openTIFF() error {
	t, _, err := readTIFF(st.s)
	if err != nil {
		return err
	}
	bits := max(t.bits, 8)
	result := float64(bits) / 8
	if t.photometric == tiffRGB {
		result *= 4
	}
	st.open(result, 0, func(r io.Reader) (image.Image, error) {
		if m := t.unsupported(); m != "" {
			return nil, errors.New(m)
		}
		return tiff.Decode(r)
	})
	st.Memory += t.blockMemory(st.s.size)
	return nil
}

// decodeGIF decodes the first frame, on the whole canvas.
func decodeGIF(r io.Reader) (image.Image, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(13)
	if err != nil {
		return nil, err
	}
	canvas := image.Rect(0, 0, int(head[6])|int(head[7])<<8, int(head[8])|int(head[9])<<8)
	frame, err := gif.Decode(b)
	if err != nil {
		return nil, err
	}
	return onCanvas(frame, frame.Bounds(), canvas), nil
}

// onCanvas puts a frame into its place on a transparent canvas.
func onCanvas(frame image.Image, at, canvas image.Rectangle) image.Image {
	if at == canvas {
		return frame
	}
	out := image.NewNRGBA(canvas)
	draw.Draw(out, at, frame, frame.Bounds().Min, draw.Src)
	return out
}

// seekReader is an [io.ReaderAt] on an [io.ReadSeeker]. Reads that go forwards by little
// read on instead of seeking, because a seek in an object store is a request.
type seekReader struct {
	r   io.ReadSeeker
	buf *bufio.Reader
	at  int64 // of the next byte of buf; -1: none
}

// skipInstead is how many bytes are read instead of a seek.
const skipInstead = 256 << 10

// ReadAt implements [io.ReaderAt]. It must not be called concurrently.
func (s *seekReader) ReadAt(p []byte, off int64) (int, error) {
	if skip := off - s.at; s.at < 0 || skip < 0 || skip > skipInstead {
		if _, err := s.r.Seek(off, io.SeekStart); err != nil {
			s.at = -1
			return 0, err
		}
		if s.buf == nil {
			s.buf = bufio.NewReaderSize(s.r, 32<<10)
		}
		s.buf.Reset(s.r)
		s.at = off
	} else if _, err := s.buf.Discard(int(skip)); err != nil {
		s.at = -1
		return 0, err
	} else {
		s.at = off
	}
	n, err := io.ReadFull(s.buf, p)
	s.at += int64(n)
	if err != nil {
		s.at = -1
	}
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}
