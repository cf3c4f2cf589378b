package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// frame is what the frame header of a JPEG says.
type frame struct {
	width, height int
	components    int
	density       float64 // samples per pixel
	units         int     // pixels that are decoded: whole units of blocks of all components
	blocks        int     // of 8 by 8 samples of the first component
	progressive   bool
	arithmetic    bool // else Huffman coding
	rgb           bool // three components are RGB, not YCbCr
}

// inspectJPEG reads the frame header and requires EOI after the first scan. EOI is nearly
// always at the end of the file; if not, all scans are read.
func inspectJPEG(s *source, info *Info) error {
	r := s.from(2)
	f, err := readFrame(r)
	if err != nil {
		return err
	}
	info.Width, info.Height = f.width, f.height
	if info.Orientation, err = s.jpegOrientation(); err != nil {
		return err
	}
	if tail, err := s.at(s.size-2, 2); err == nil && string(tail) == "\xff\xd9" {
		return nil
	}
	if err := skipSegment(r); err != nil {
		return err
	}
	return findEOI(r)
}

// readFrame reads the segments after SOI up to the marker of the first scan.
func readFrame(r *bufio.Reader) (frame, error) {
	var f frame
	for {
		marker, err := nextMarker(r)
		if err != nil {
			return f, err
		}
		switch {
		case marker == 0xda: // SOS
			if f.width == 0 {
				return f, errDamaged
			}
			return f, nil
		case marker == 0xd8 || marker == 0xd9: // SOI, EOI
			return f, errDamaged
		case marker < 0xc0 || marker >= 0xd0 && marker <= 0xd7: // has no segment
		case marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc: // SOF
			if err := f.read(r); err != nil {
				return f, err
			}
			f.progressive, f.arithmetic = marker == 0xc2, marker > 0xc8
		case marker == 0xee: // APP14, in which Adobe's encoders say what the components are
			b, err := segment(r, 12)
			if err != nil {
				return f, err
			}
			f.rgb = f.rgb || len(b) == 12 && string(b[:5]) == "Adobe" && b[11] == 0
		default:
			if err := skipSegment(r); err != nil {
				return f, err
			}
		}
	}
}

// read reads the frame header.
func (f *frame) read(r *bufio.Reader) error {
	b, err := segment(r, 6+4*3)
	if err != nil {
		return err
	}
	if len(b) < 6 {
		return errDamaged
	}
	f.height, f.width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	if f.width == 0 || f.height == 0 || b[5] == 0 {
		return errDamaged
	}
	f.components = int(b[5])
	total, across, down := 0, 1, 1 // samples of a unit of pixels: in all, and most of one component
	ids := ""
	for c := b[6:]; len(c) >= 3; c = c[3:] {
		h, v := int(c[1]>>4), int(c[1]&15)
		total, across, down = total+h*v, max(across, h), max(down, v)
		ids += string(c[:1])
	}
	f.density = float64(total) / float64(across*down)
	whole := func(n, unit int) int { return (n + unit - 1) / unit * unit }
	f.units = whole(f.width, 8*across) * whole(f.height, 8*down)
	f.rgb = f.rgb || ids == "RGB"
	if len(b) >= 9 {
		f.blocks = (f.width*int(b[7]>>4)/across + 7) / 8 * ((f.height*int(b[7]&15)/down + 7) / 8)
	}
	return nil
}

// nextMarker finds the next marker. Bytes before it are skipped, as decoders do.
func nextMarker(r *bufio.Reader) (byte, error) {
	for {
		if _, err := r.ReadSlice(0xff); errors.Is(err, bufio.ErrBufferFull) {
			continue
		} else if err != nil {
			return 0, err
		}
		b := byte(0xff)
		for b == 0xff {
			var err error
			if b, err = r.ReadByte(); err != nil {
				return 0, err
			}
		}
		if b != 0 {
			return b, nil
		}
	}
}

// segment reads up to most bytes of a segment and skips its remaining bytes.
func segment(r *bufio.Reader, most int) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return nil, errDamaged
	}
	b := make([]byte, min(n, most))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	_, err := r.Discard(n - len(b))
	return b, err
}

func skipSegment(r *bufio.Reader) error {
	_, err := segment(r, 0)
	return err
}

// findEOI reads scans and the segments between them up to EOI.
func findEOI(r *bufio.Reader) error {
	for {
		marker, err := nextMarker(r)
		switch {
		case err != nil:
			return err
		case marker == 0xd9: // EOI
			return nil
		case marker < 0xc0 || marker >= 0xd0 && marker <= 0xd7: // has no segment
		default:
			if err := skipSegment(r); err != nil {
				return err
			}
		}
	}
}
