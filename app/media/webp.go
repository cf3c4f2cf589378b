package media

import (
	"encoding/binary"
	"io"
)

// maxRIFF is the limit of chunks read before the image data.
const maxRIFF = 1000

// inspectWebP compares the RIFF length with the file's size, reads the dimensions from the
// first chunk and requires a complete chunk of image data.
func inspectWebP(s *source, info *Info) error {
	b, err := s.at(0, 30)
	if err != nil {
		return err
	}
	end := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if end > s.size {
		return io.ErrUnexpectedEOF
	}
	switch string(b[12:16]) {
	case "VP8X":
		info.Width, info.Height = 1+u24(b[24:]), 1+u24(b[27:])
	case "VP8L":
		if b[20] != 0x2f {
			return errDamaged
		}
		bits := binary.LittleEndian.Uint32(b[21:])
		info.Width, info.Height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
	case "VP8 ":
		if string(b[23:26]) != "\x9d\x01\x2a" {
			return errDamaged
		}
		info.Width, info.Height = int(binary.LittleEndian.Uint16(b[26:])&0x3fff), int(binary.LittleEndian.Uint16(b[28:])&0x3fff)
	}
	if info.Width == 0 || info.Height == 0 {
		return errDamaged
	}
	off := int64(12)
	for range maxRIFF {
		b, err := s.at(off, 8)
		if err != nil {
			return err
		}
		if off+8 > end {
			return errDamaged
		}
		length := int64(binary.LittleEndian.Uint32(b[4:]))
		switch string(b[:4]) {
		case "VP8 ", "VP8L", "ANMF":
			if off+8+length > end {
				return errDamaged
			}
			return nil
		}
		off += 8 + length + length&1
	}
	return errDamaged
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
