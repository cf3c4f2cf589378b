package media

import (
	"bytes"
	"encoding/binary"
	"io"
)

// trailing is how much padding after the end marker of a JPEG is forgiven.
const trailing = 1024

// inspectJPEG walks the segments to the frame header and looks for EOI at the
// back; some encoders pad it.
func inspectJPEG(r io.ReaderAt, size int64, info *Info) error {
	for off := int64(2); ; {
		seg, ok := at(r, off, 4)
		if !ok {
			return cutShort("JPEG")
		}
		marker, length := seg[1], int64(binary.BigEndian.Uint16(seg[2:]))
		switch {
		case seg[0] != 0xff:
			return damaged("JPEG")
		case marker == 0xff: // fill byte
			off++
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			sof, ok := at(r, off+4, 5)
			if !ok {
				return cutShort("JPEG")
			}
			info.Height, info.Width = int(binary.BigEndian.Uint16(sof[1:])), int(binary.BigEndian.Uint16(sof[3:]))
			if info.Width == 0 || info.Height == 0 {
				return damaged("JPEG")
			}
			return endsJPEG(r, size)
		case marker == 0xda || marker == 0xd9 || length < 2:
			return damaged("JPEG") // picture data before a frame header
		}
		off += 2 + length
	}
}

func endsJPEG(r io.ReaderAt, size int64) error {
	n := min(size, trailing)
	tail, ok := at(r, size-n, int(n))
	if end := bytes.LastIndex(tail, []byte{0xff, 0xd9}); !ok || end < 0 {
		return cutShort("JPEG")
	}
	return nil
}
