package media

import (
	"bufio"
	"encoding/binary"
)

// inspectGIF reads all blocks up to the trailer. Checking the last byte of the file would
// not be enough: the trailer is the single byte 0x3b, which also occurs in image data.
func inspectGIF(s *source, info *Info) error {
	b, err := s.at(0, 13)
	if err != nil {
		return err
	}
	info.Width, info.Height = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	if info.Width == 0 || info.Height == 0 {
		return errDamaged
	}
	r := s.from(13 + colorTableSize(b[10]))
	for images := 0; ; {
		block, err := r.ReadByte()
		if err != nil {
			return err
		}
		switch block {
		case 0x21: // extension
			if _, err := r.Discard(1); err != nil {
				return err
			}
		case 0x2c: // image
			images++
			var d [9]byte
			for i := range d {
				if d[i], err = r.ReadByte(); err != nil {
					return err
				}
			}
			if _, err := r.Discard(int(colorTableSize(d[8])) + 1); err != nil {
				return err
			}
		case 0x3b: // trailer
			if images == 0 {
				return errDamaged
			}
			return nil
		case 0: // a superfluous block terminator
			continue
		default:
			return errDamaged
		}
		if err := skipBlocks(r); err != nil {
			return err
		}
	}
}

// colorTableSize is the size in bytes of the color table after a packed field; 0 if the
// field announces none.
func colorTableSize(packed byte) int64 {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// skipBlocks skips sub-blocks up to their terminator.
func skipBlocks(r *bufio.Reader) error {
	for {
		n, err := r.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if _, err := r.Discard(int(n)); err != nil {
			return err
		}
	}
}
