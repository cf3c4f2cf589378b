package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// frame has the dimensions in the frame header of a JPEG.
type frame struct{ width, height int }

// inspectJPEG reads the frame header and requires EOI after the first scan. EOI is nearly
// always at the end of the file; if not, all scans are read.
func inspectJPEG(s *source, info *Info) error {
	r := s.from(2)
	f, err := readFrame(r)
	if err != nil {
		return err
	}
	info.Width, info.Height = f.width, f.height
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
		default:
			if err := skipSegment(r); err != nil {
				return f, err
			}
		}
	}
}

// read reads the frame header.
func (f *frame) read(r *bufio.Reader) error {
	b, err := segment(r, 6)
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
