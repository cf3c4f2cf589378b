package media

import (
	"bufio"
	"encoding/binary"
)

// inspectGIF walks all blocks to the trailer: its single byte at the end of a
// file would prove nothing, any byte of the data can look like it.
func inspectGIF(s *source, info *Info) error {
	b, err := s.at(0, 13)
	if err != nil {
		return err
	}
	info.Width, info.Height = int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	if info.Width == 0 || info.Height == 0 {
		return errDamaged
	}
	r := s.from(13 + colours(b[10]))
	for pictures := 0; ; {
		block, err := r.ReadByte()
		if err != nil {
			return err
		}
		switch block {
		case 0x21: // extension
			if _, err := r.Discard(1); err != nil {
				return err
			}
		case 0x2c: // picture
			pictures++
			var d [9]byte
			for i := range d {
				if d[i], err = r.ReadByte(); err != nil {
					return err
				}
			}
			if _, err := r.Discard(int(colours(d[8])) + 1); err != nil {
				return err
			}
		case 0x3b: // trailer
			if pictures == 0 {
				return errDamaged
			}
			return nil
		case 0: // an empty block too many
			continue
		default:
			return errDamaged
		}
		if err := skipBlocks(r); err != nil {
			return err
		}
	}
}

// colours is the size in bytes of the table that a packed field announces.
func colours(packed byte) int64 {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

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
