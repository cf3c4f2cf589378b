package media

import (
	"encoding/binary"
	"math"
)

// maxChunks bounds the walk through a PNG that ends in something else than its
// end marker; with the usual 8 KB a chunk that is half a gigabyte.
const maxChunks = 1 << 16

// inspectPNG reads the header, asks for picture data and for IEND, which is
// nearly always the end of the file.
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

// findChunk walks from one chunk to the next and returns where the wanted one
// begins.
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
