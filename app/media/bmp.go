package media

import (
	"encoding/binary"
	"io"
	"math"
)

// bmpCore is the size of the oldest header (BITMAPCOREHEADER), with 16-bit fields.
const bmpCore = 12

// inspectBMP reads the header, and compares the file's size with the size and the offset
// of the pixels in it. Without compression all rows must be in the file.
func inspectBMP(s *source, info *Info) error {
	b, err := s.at(0, 34)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	var w, h, bits, compression int64
	switch n := le.Uint32(b[14:]); {
	case n == bmpCore:
		w, h, bits = int64(le.Uint16(b[18:])), int64(le.Uint16(b[20:])), int64(le.Uint16(b[24:]))
	case n >= 40 && n <= 256:
		w, h = int64(int32(le.Uint32(b[18:]))), int64(int32(le.Uint32(b[22:])))
		bits, compression = int64(le.Uint16(b[28:])), int64(le.Uint32(b[30:]))
	default:
		return errDamaged
	}
	h = max(h, -h) // negative: the first row is the top one
	if w <= 0 || h == 0 || h > math.MaxInt32 || bits > 64 {
		return errDamaged
	}
	info.Width, info.Height = int(w), int(h)
	plain := compression == 0 || compression == 3 || compression == 6 // 3 and 6: not compressed, with bit masks
	row := (w*bits + 31) / 32 * 4
	pixels := int64(le.Uint32(b[10:]))
	if int64(le.Uint32(b[2:])) > s.size || pixels > s.size || plain && row > 0 && h > (s.size-pixels)/row {
		return io.ErrUnexpectedEOF
	}
	return nil
}
