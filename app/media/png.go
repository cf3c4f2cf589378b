package media

import (
	"encoding/binary"
	"math"
)

// maxChunks is the limit of chunks read in a PNG that does not end with IEND. With the
// usual 8 KB per chunk that is 512 MB.
const maxChunks = 1 << 16

// inspectPNG reads the header and requires IDAT and IEND. IEND is nearly always at the
// end of the file; if not, all chunks are read.
func inspectPNG(s *source, info *Info) error {
	b, err := s.at(8, 16)
	if err != nil {
		return err
	}
	w, h := binary.BigEndian.Uint32(b[8:]), binary.BigEndian.Uint32(b[12:])
	if string(b[:8]) != "\x00\x00\x00\x0dIHDR" || w == 0 || h == 0 || w > math.MaxInt32 || h > math.MaxInt32 {
		return errDamaged
	}
	info.Width, info.Height = int(w), int(h)
	if info.Orientation, err = s.pngOrientation(); err != nil {
		return err
	}
	data, err := findChunk(s, 33, "IDAT")
	if err != nil {
		return err
	}
	if tail, err := s.at(s.size-12, 12); err == nil && string(tail) == "\x00\x00\x00\x00IEND\xaeB`\x82" {
		return nil
	}
	end, err := findChunk(s, data, "IEND")
	if err == nil {
		_, err = s.at(end, 12)
	}
	return err
}

// findChunk returns the offset of the first chunk of a type, from off on.
func findChunk(s *source, off int64, kind string) (int64, error) {
	for range maxChunks {
		b, err := s.at(off, 8)
		if err != nil {
			return 0, err
		}
		switch string(b[4:8]) {
		case kind:
			return off, nil
		case "IEND":
			return 0, errDamaged
		}
		off += 12 + int64(binary.BigEndian.Uint32(b))
	}
	return 0, errDamaged
}
