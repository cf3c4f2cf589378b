package media

import (
	"encoding/binary"
	"errors"
	"io"
)

// upright is the EXIF orientation of an image that is shown as it is stored. The others,
// 2 to 8, mirror it or turn it; from 5 on, width and height are exchanged.
const upright = 1

// sideways reports whether an orientation exchanges width and height.
func sideways(orientation int) bool { return orientation >= 5 }

// Tags of an image file directory, which TIFF and EXIF share.
const (
	tagWidth         = 256
	tagHeight        = 257
	tagBits          = 258
	tagCompression   = 259
	tagPhotometric   = 262
	tagStripOffsets  = 273
	tagOrientation   = 274
	tagSamples       = 277
	tagRows          = 278
	tagStripCounts   = 279
	tagPlanar        = 284
	tagTileWidth     = 322
	tagTileHeight    = 323
	tagTileOffsets   = 324
	tagTileCounts    = 325
	tagICC           = 34675
	tagDNGVersion    = 50706
	maxDirectory     = 4096 // entries read of one directory
	directoryEntry   = 12   // bytes
	typeShort        = 3
	typeLong         = 4
	maxExifJPEG      = 1000 // segments searched for EXIF
	exifPrefix       = "Exif\x00\x00"
	bigEndianTIFF    = "MM\x00*"
	littleEndianTIFF = "II*\x00"
)

// directory is the first image file directory of a TIFF, or of the EXIF data in another
// file, which is a TIFF without an image.
type directory struct {
	s         *source
	base, end int64 // of the TIFF in the file; offsets in it count from base
	order     binary.ByteOrder
	first     int64 // offset of the first entry in the file
	n         int   // entries
}

// entry is one field of a directory.
type entry struct {
	tag, kind uint16
	count     int64
	at        int64 // offset of the values in the file
	value     int64 // the value of one short or long
}

// readDirectory reads the header of a TIFF between base and end.
func readDirectory(s *source, base, end int64) (d directory, err error) {
	d = directory{s: s, base: base, end: min(end, s.size)}
	b, err := s.at(base, 8)
	if err != nil {
		return d, err
	}
	switch string(b[:4]) {
	case littleEndianTIFF:
		d.order = binary.LittleEndian
	case bigEndianTIFF:
		d.order = binary.BigEndian
	default:
		return d, errDamaged
	}
	at := base + int64(d.order.Uint32(b[4:]))
	if at+2 > d.end {
		return d, io.ErrUnexpectedEOF
	}
	if b, err = s.at(at, 2); err != nil {
		return d, err
	}
	d.first, d.n = at+2, int(d.order.Uint16(b))
	if d.n > maxDirectory {
		return d, errDamaged
	}
	if d.first+int64(d.n)*directoryEntry > d.end {
		return d, io.ErrUnexpectedEOF
	}
	return d, nil
}

// entry reads the i-th entry.
func (d *directory) entry(i int) (e entry, err error) {
	off := d.first + int64(i)*directoryEntry
	b, err := d.s.at(off, directoryEntry)
	if err != nil {
		return e, err
	}
	e = entry{tag: d.order.Uint16(b), kind: d.order.Uint16(b[2:]), count: int64(d.order.Uint32(b[4:])), at: off + 8}
	if e.kind == typeShort {
		e.value = int64(d.order.Uint16(b[8:]))
	} else {
		e.value = int64(d.order.Uint32(b[8:]))
	}
	if e.size()*e.count > 4 { // the values do not fit into the entry, which has their offset instead
		e.at = d.base + int64(d.order.Uint32(b[8:]))
	}
	return e, nil
}

// size is the size of one value in bytes, of the kinds that matter here.
func (e entry) size() int64 {
	switch e.kind {
	case typeShort:
		return 2
	case typeLong:
		return 4
	}
	return 1
}

// exifOrientation reads the orientation in the EXIF data between off and end. Damaged
// EXIF data does not make an image invalid: viewers then show it as it is stored.
func (s *source) exifOrientation(off, end int64) (int, error) {
	if b, err := s.at(off, len(exifPrefix)); err == nil && string(b) == exifPrefix {
		off += int64(len(exifPrefix))
	}
	d, err := readDirectory(s, off, end)
	for i := 0; err == nil && i < d.n; i++ {
		var e entry
		if e, err = d.entry(i); err == nil && e.tag == tagOrientation {
			return e.orientation(), nil
		}
	}
	if err == nil || errors.Is(err, errDamaged) || errors.Is(err, io.ErrUnexpectedEOF) {
		return upright, nil
	}
	return 0, err
}

func (e entry) orientation() int {
	if (e.kind == typeShort || e.kind == typeLong) && e.count == 1 && e.value >= upright && e.value <= 8 {
		return int(e.value)
	}
	return upright
}

// jpegOrientation reads the orientation of a JPEG from the first EXIF segment before its
// first scan.
func (s *source) jpegOrientation() (int, error) {
	off := int64(2)
	for range maxExifJPEG {
		b, err := s.at(off, 10)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return upright, nil
		case err != nil:
			return 0, err
		case b[0] != 0xff:
			return upright, nil
		case b[1] == 0xff: // a fill byte before a marker
			off++
			continue
		case b[1] < 0xc0 || b[1] >= 0xd0 && b[1] <= 0xd8: // has no segment
			off += 2
			continue
		case b[1] == 0xda || b[1] == 0xd9: // SOS, EOI
			return upright, nil
		}
		next := off + 2 + int64(binary.BigEndian.Uint16(b[2:]))
		if b[1] == 0xe1 && string(b[4:10]) == exifPrefix {
			return s.exifOrientation(off+4, next)
		}
		off = next
	}
	return upright, nil
}

// maxExifPNG is the limit of chunks of a PNG that are searched for EXIF.
const maxExifPNG = 4096

// pngOrientation reads the orientation of a PNG from its eXIf chunk, which may stand
// before or after the image data.
func (s *source) pngOrientation() (int, error) {
	off := int64(33)
	for range maxExifPNG {
		b, err := s.at(off, 8)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return upright, nil
		case err != nil:
			return 0, err
		}
		length := int64(binary.BigEndian.Uint32(b))
		switch string(b[4:8]) {
		case "eXIf":
			return s.exifOrientation(off+8, off+8+length)
		case "IEND":
			return upright, nil
		}
		off += 12 + length
	}
	return upright, nil
}
