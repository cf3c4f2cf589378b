package media

import (
	"encoding/binary"
	"io"
	"time"
)

// maxBoxes bounds the walk through a file that lies about its boxes.
const maxBoxes = 10_000

// inspectMP4 walks the boxes: moov must be there and every box must lie inside
// the file. The duration comes from mvhd, the dimensions from the first tkhd
// that has any.
func inspectMP4(r io.ReaderAt, size int64, info *Info) error {
	left := maxBoxes
	found, err := walkMP4(r, 0, size, info, &left)
	switch {
	case err != nil:
		return err
	case !found:
		return cutShort("MP4")
	}
	return nil
}

func walkMP4(r io.ReaderAt, off, end int64, info *Info, left *int) (moov bool, err error) {
	for off < end {
		if *left--; *left < 0 {
			return false, damaged("MP4")
		}
		head, ok := at(r, off, 8)
		if !ok {
			return false, cutShort("MP4")
		}
		length, skip := int64(binary.BigEndian.Uint32(head)), int64(8)
		switch length {
		case 0: // to the end of the file
			length = end - off
		case 1:
			big, ok := at(r, off+8, 8)
			if !ok {
				return false, cutShort("MP4")
			}
			length, skip = int64(binary.BigEndian.Uint64(big)), 16
		}
		if length < skip || length > end-off {
			return false, cutShort("MP4")
		}
		switch string(head[4:8]) {
		case "moov":
			moov = true
			fallthrough
		case "trak":
			if _, err := walkMP4(r, off+skip, off+length, info, left); err != nil {
				return false, err
			}
		case "mvhd":
			readMvhd(r, off+skip, info)
		case "tkhd":
			readTkhd(r, off+length, info)
		}
		off += length
	}
	return moov, nil
}

func readMvhd(r io.ReaderAt, off int64, info *Info) {
	b, ok := at(r, off, 32)
	if !ok {
		return
	}
	scale, length := int64(binary.BigEndian.Uint32(b[12:])), int64(binary.BigEndian.Uint32(b[16:]))
	if b[0] == 1 {
		scale, length = int64(binary.BigEndian.Uint32(b[20:])), int64(binary.BigEndian.Uint64(b[24:]))
	}
	if scale > 0 && length >= 0 && length/scale < 1<<31 {
		info.Duration = time.Duration(float64(length) / float64(scale) * float64(time.Second))
	}
}

// readTkhd reads the last eight bytes: width and height in 16.16 fixed point.
func readTkhd(r io.ReaderAt, end int64, info *Info) {
	if b, ok := at(r, end-8, 8); ok && info.Width == 0 {
		info.Width, info.Height = int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[4:]))
	}
}
