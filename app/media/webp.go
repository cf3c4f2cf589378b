package media

import (
	"encoding/binary"
	"io"
)

// maxRIFF is the limit of chunks that are read.
const maxRIFF = 10_000

// chunk is one chunk of a RIFF file.
type chunk struct {
	kind   string
	off    int64 // of its data in the file
	length int64 // of its data
}

// next is the offset of the chunk behind it.
func (c chunk) next() int64 { return c.off + c.length + c.length&1 }

// chunkAt reads the header of the chunk at off; it must end before end.
func (s *source) chunkAt(off, end int64) (chunk, error) {
	b, err := s.at(off, 8)
	if err != nil {
		return chunk{}, err
	}
	c := chunk{kind: string(b[:4]), off: off + 8, length: int64(binary.LittleEndian.Uint32(b[4:]))}
	if c.off+c.length > end {
		return chunk{}, errDamaged
	}
	return c, nil
}

// webpFile is what the chunks of a WebP say.
type webpFile struct {
	width, height int // of the canvas
	animated      bool
	alpha         *chunk // of a lossy image, or of the first frame
	image         chunk  // VP8 or VP8L: the image, or the first frame
	frame         *chunk // the ANMF chunk that holds the first frame
	x, y          int    // of the first frame on the canvas
	frameWidth    int    // of the image data
	frameHeight   int
	exif          *chunk
}

// readWebP compares the RIFF length with the file's size and reads the chunks up to the
// image data, and those behind it if one of them is announced that matters.
func readWebP(s *source) (f webpFile, err error) {
	b, err := s.at(0, 30)
	if err != nil {
		return f, err
	}
	end := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if end > s.size {
		return f, io.ErrUnexpectedEOF
	}
	var exif bool
	if string(b[12:16]) == "VP8X" {
		f.width, f.height = 1+u24(b[24:]), 1+u24(b[27:])
		exif, f.animated = b[20]&0x08 != 0, b[20]&0x02 != 0
	}
	off := int64(12)
	for range maxRIFF {
		if off+8 > end {
			break
		}
		c, err := s.chunkAt(off, end)
		if err == errDamaged && f.image.kind != "" {
			break // what follows a complete image is not needed to show it
		}
		if err == nil {
			err = f.take(s, c)
		}
		if err != nil {
			return f, err
		}
		if f.image.kind != "" && (!exif || f.exif != nil) {
			break
		}
		off = c.next()
	}
	if f.image.kind == "" {
		return f, errDamaged
	}
	if f.width == 0 {
		f.width, f.height = f.frameWidth, f.frameHeight
	}
	return f, nil
}

// take notes a chunk of the file.
func (f *webpFile) take(s *source, c chunk) error {
	switch c.kind {
	case "EXIF":
		f.exif = &c
	case "ALPH", "VP8 ", "VP8L":
		if f.image.kind == "" {
			return f.takeImage(s, c)
		}
	case "ANMF":
		if f.image.kind == "" {
			err := f.takeFrame(s, c)
			if err == errDamaged {
				f.image, err = c, nil // an animation, of which the first frame cannot be decoded
			}
			return err
		}
	}
	return nil
}

// takeFrame reads the first frame of an animation: its place on the canvas, then chunks
// as in a file with one image.
func (f *webpFile) takeFrame(s *source, c chunk) error {
	b, err := s.at(c.off, 16)
	if err != nil {
		return err
	}
	if c.length < 16 {
		return errDamaged
	}
	f.frame, f.x, f.y = &c, 2*u24(b), 2*u24(b[3:])
	w, h := 1+u24(b[6:]), 1+u24(b[9:])
	end := c.off + c.length
	for off := c.off + 16; off+8 <= end && f.image.kind == ""; {
		sub, err := s.chunkAt(off, end)
		if err != nil {
			return err
		}
		switch sub.kind {
		case "ALPH", "VP8 ", "VP8L":
			if err := f.takeImage(s, sub); err != nil {
				return err
			}
		}
		off = sub.next()
	}
	if f.image.kind == "" || w != f.frameWidth || h != f.frameHeight {
		return errDamaged
	}
	return nil
}

// takeImage reads the dimensions in image data.
func (f *webpFile) takeImage(s *source, c chunk) error {
	if c.kind == "ALPH" {
		f.alpha = &c
		return nil
	}
	if c.length < 10 && c.kind == "VP8 " || c.length < 5 {
		return errDamaged
	}
	b, err := s.at(c.off, int(min(c.length, 10)))
	if err != nil {
		return err
	}
	if c.kind == "VP8L" {
		if b[0] != 0x2f {
			return errDamaged
		}
		bits := binary.LittleEndian.Uint32(b[1:])
		f.frameWidth, f.frameHeight = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
	} else {
		if string(b[3:6]) != "\x9d\x01\x2a" {
			return errDamaged
		}
		f.frameWidth, f.frameHeight = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
	}
	if f.frameWidth == 0 || f.frameHeight == 0 {
		return errDamaged
	}
	f.image = c
	return nil
}

// inspectWebP requires complete chunks up to the image data, or to the first frame.
func inspectWebP(s *source, info *Info) error {
	f, err := readWebP(s)
	if err != nil {
		return err
	}
	info.Width, info.Height = f.width, f.height
	if f.exif != nil {
		info.Orientation, err = s.exifOrientation(f.exif.off, f.exif.off+f.exif.length)
	}
	return err
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
