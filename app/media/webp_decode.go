package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/webp"
)

// openWebP prepares decoding of the image, or of the first frame of an animation: the
// decoder knows no animations, so it gets a file with that frame alone.
func (st *Still) openWebP() error {
	f, err := readWebP(st.s)
	if err != nil {
		return err
	}
	perPixel := 4.0
	switch {
	case f.image.kind == "ANMF":
		return errNotStill
	case f.image.kind == "VP8L":
		perPixel = 8
	case f.alpha != nil:
		perPixel = 1.5 + 5
	case f.image.kind == "VP8 ":
		perPixel = 1.5
	}
	at := image.Rect(f.x, f.y, f.x+f.frameWidth, f.y+f.frameHeight)
	canvas := image.Rect(0, 0, f.width, f.height)
	if !at.In(canvas) || !f.animated && at != canvas {
		return errDamaged
	}
	beside := 0.0
	if at != canvas {
		beside = 4
	}
	st.open(perPixel, beside, func(io.Reader) (image.Image, error) {
		img, err := webp.Decode(f.still(st.s))
		if err != nil {
			return nil, err
		}
		switch img := img.(type) {
		case *image.YCbCr:
			fullRange(img)
		case *image.NYCbCrA:
			fullRange(&img.YCbCr)
		}
		return onCanvas(img, at, canvas), nil
	})
	if st.Memory <= MaxDecode {
		st.Memory = min(st.Memory+f.tableMemory(), MaxDecode)
	}
	return nil
}

// tableMemory is what the decoder needs beside pixels: a copy of a partition of lossy
// data; the Huffman tables of lossless data, which the alpha channel of a lossy image may
// be, too. As files with many tables are rare, one that has room for many only excludes
// that others are decoded at the same time.
func (f *webpFile) tableMemory() int64 {
	if f.image.kind == "VP8L" {
		return losslessTables(f.image.length)
	}
	if f.alpha != nil {
		return f.image.length + losslessTables(f.alpha.length)
	}
	return f.image.length
}

// losslessTables is what the Huffman tables in lossless data of a number of bytes take.
// Each group of five has at least two bytes in the file and takes 2.7 KB; the largest, of
// 50 KB, has 25 bytes. The decoder refuses more than 2600 groups.
func losslessTables(length int64) int64 {
	const groups, group, largest, smallest = 2600, 2700, 50 << 10, 25
	return min(length/2, groups)*group + min(length/smallest, groups)*largest
}

// still is a WebP of the image data alone.
func (f *webpFile) still(s *source) io.Reader {
	var readers []io.Reader
	length := int64(4) // after the RIFF length
	add := func(kind string, size int64, data io.Reader) {
		b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(size))
		pad := make([]byte, size&1)
		readers = append(readers, bytes.NewReader(b), data, bytes.NewReader(pad))
		length += 8 + size + size&1
	}
	if f.alpha != nil && f.image.kind == "VP8 " {
		const alphaFlag = 0x10
		x := []byte{alphaFlag, 0, 0, 0, 0, 0, 0, 0, 0, 0}
		putU24(x[4:], f.frameWidth-1)
		putU24(x[7:], f.frameHeight-1)
		add("VP8X", int64(len(x)), bytes.NewReader(x))
		add("ALPH", f.alpha.length, io.NewSectionReader(s.r, f.alpha.off, f.alpha.length))
	}
	add(f.image.kind, f.image.length, io.NewSectionReader(s.r, f.image.off, f.image.length))
	start := append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(length)), "WEBP"...)
	return io.MultiReader(append([]io.Reader{bytes.NewReader(start)}, readers...)...)
}

func putU24(b []byte, n int) { b[0], b[1], b[2] = byte(n), byte(n>>8), byte(n>>16) }

// fullRange changes the samples of a lossy WebP from the range that video uses (luma 16
// to 235, chroma 16 to 240) to that of JPEG (0 to 255), which [image.YCbCr] stands for.
// Both have the same matrix, BT.601.
func fullRange(img *image.YCbCr) {
	stretch := func(list []byte, table *[256]byte) {
		for i, v := range list {
			list[i] = table[v]
		}
	}
	stretch(img.Y, &fullLuma)
	stretch(img.Cb, &fullChroma)
	stretch(img.Cr, &fullChroma)
}

var fullLuma, fullChroma = stretchTable(16, 0, 219), stretchTable(128, 128, 224)

// stretchTable maps samples around a center so that a range of span values becomes one of
// 255 around another center.
func stretchTable(from, to, span float64) (t [256]byte) {
	for i := range t {
		v := (float64(i)-from)*255/span + to
		t[i] = byte(min(max(v, 0), 255) + 0.5)
	}
	return t
}
