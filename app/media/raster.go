package media

import (
	"encoding/binary"
	"io"
)

// inspectPNG reads IHDR at the front and IEND at the back.
func inspectPNG(r io.ReaderAt, size int64, info *Info) error {
	head, ok := at(r, 0, 33)
	if !ok {
		return cutShort("PNG")
	}
	info.Width, info.Height = int(binary.BigEndian.Uint32(head[16:])), int(binary.BigEndian.Uint32(head[20:]))
	if string(head[12:16]) != "IHDR" || info.Width <= 0 || info.Height <= 0 {
		return damaged("PNG")
	}
	tail, ok := at(r, size-12, 12)
	if !ok || string(tail) != "\x00\x00\x00\x00IEND\xaeB`\x82" {
		return cutShort("PNG")
	}
	return nil
}

// inspectGIF reads the screen size at the front and the trailer at the back.
func inspectGIF(r io.ReaderAt, size int64, info *Info) error {
	head, ok := at(r, 0, 13)
	if !ok {
		return cutShort("GIF")
	}
	info.Width, info.Height = int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:]))
	if info.Width == 0 || info.Height == 0 {
		return damaged("GIF")
	}
	if tail, ok := at(r, size-1, 1); !ok || tail[0] != 0x3b {
		return cutShort("GIF")
	}
	return nil
}

// inspectBMP reads the header, which also tells the size of the file.
func inspectBMP(r io.ReaderAt, size int64, info *Info) error {
	head, ok := at(r, 0, 26)
	if !ok {
		return cutShort("BMP")
	}
	info.Width, info.Height = int(int32(binary.LittleEndian.Uint32(head[18:]))), int(int32(binary.LittleEndian.Uint32(head[22:])))
	info.Height = max(info.Height, -info.Height) // negative: rows from the top
	if info.Width <= 0 || info.Height == 0 {
		return damaged("BMP")
	}
	if int64(binary.LittleEndian.Uint32(head[2:])) > size {
		return cutShort("BMP")
	}
	return nil
}

// inspectWebP compares the RIFF length with the file's and reads the size from
// whichever chunk comes first.
func inspectWebP(r io.ReaderAt, size int64, info *Info) error {
	head, ok := at(r, 0, 30)
	if !ok {
		return cutShort("WebP")
	}
	if int64(binary.LittleEndian.Uint32(head[4:]))+8 > size {
		return cutShort("WebP")
	}
	switch string(head[12:16]) {
	case "VP8X":
		info.Width, info.Height = 1+u24(head[24:]), 1+u24(head[27:])
	case "VP8L":
		if head[20] != 0x2f {
			return damaged("WebP")
		}
		bits := binary.LittleEndian.Uint32(head[21:])
		info.Width, info.Height = 1+int(bits&0x3fff), 1+int(bits>>14&0x3fff)
	case "VP8 ":
		if string(head[23:26]) != "\x9d\x01\x2a" {
			return damaged("WebP")
		}
		info.Width, info.Height = int(binary.LittleEndian.Uint16(head[26:])&0x3fff), int(binary.LittleEndian.Uint16(head[28:])&0x3fff)
	default:
		return damaged("WebP")
	}
	if info.Width == 0 || info.Height == 0 {
		return damaged("WebP")
	}
	return nil
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
