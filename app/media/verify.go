package media

import (
	"compress/flate"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
)

// errLies is the error of an image whose data does not fit the size in its header.
var errLies = errors.New("the image data does not fit the size in the header")

// verify compares the size in the header of a caller's image with its data, as far as
// that is possible without decoding it: a vendor would bill for an image that it cannot
// see, and a decoder that trusts the header would run out of memory. It takes constant
// memory.
func verify(s *source, info Info) error {
	switch info.MIME {
	case "image/png":
		return verifyPNG(s)
	case "image/jpeg":
		return verifyJPEG(s)
	case "image/webp":
		return verifyWebP(s)
	case "image/gif":
		return verifyGIF(s)
	}
	return nil
}

// verifyPNG checks the checksum of the header, which all decoders do, and inflates the
// image data: it must be as long as the rows of the image.
func verifyPNG(s *source) error {
	b, err := s.at(12, 21)
	if err != nil {
		return err
	}
	if crc32.ChecksumIEEE(b[:17]) != binary.BigEndian.Uint32(b[17:]) {
		return errDamaged
	}
	h := pngHeader{width: int64(binary.BigEndian.Uint32(b[4:])), height: int64(binary.BigEndian.Uint32(b[8:])), depth: int64(b[12]), kind: b[13], interlaced: b[16]}
	want, row, err := h.length()
	if err != nil {
		return err
	}
	z, err := zlib.NewReader(&idatReader{s: s, next: 33})
	if err != nil {
		return notReadError(err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, want+row))
	switch {
	case n < want && (err == nil || errors.Is(err, io.ErrUnexpectedEOF)):
		return errLies
	case n < want:
		return notReadError(err)
	case n >= want+row: // more than padding
		return errLies
	}
	return nil
}

// notReadError is errDamaged for an error of the decompressor, and err for one of the
// reader below it.
func notReadError(err error) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrDictionary) || errors.As(err, &corrupt) {
		return errDamaged
	}
	return err
}

type pngHeader struct {
	width, height, depth int64
	kind, interlaced     byte
}

// length is how many bytes the image data has when it is inflated, and how many its
// longest row has.
func (h pngHeader) length() (total, row int64, err error) {
	components, ok := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[h.kind]
	if !ok || h.depth < 1 || h.depth > 16 || h.depth&(h.depth-1) != 0 || h.interlaced > 1 {
		return 0, 0, errDamaged
	}
	size := func(w, n int64) int64 {
		if w == 0 || n == 0 {
			return 0
		}
		return n * (1 + (w*h.depth*components+7)/8)
	}
	row = size(h.width, 1)
	if h.interlaced == 0 {
		return size(h.width, h.height), row, nil
	}
	for _, p := range [7][4]int64{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} { // x, y, and the steps
		total += size((h.width-p[0]+p[2]-1)/p[2], (h.height-p[1]+p[3]-1)/p[3])
	}
	return total, row, nil
}

// idatReader reads the image data of a PNG: the content of its IDAT chunks.
type idatReader struct {
	s    *source
	next int64 // offset of the next chunk
	off  int64 // of the data in the open chunk
	left int64 // bytes of it
	seen bool
}

// Read implements [io.Reader].
func (r *idatReader) Read(p []byte) (int, error) {
	for r.left == 0 {
		b, err := r.s.at(r.next, 8)
		if err != nil {
			return 0, err
		}
		kind := string(b[4:8])
		if kind == "IEND" || r.seen && kind != "IDAT" {
			return 0, io.EOF
		}
		length := int64(binary.BigEndian.Uint32(b))
		if kind == "IDAT" {
			r.seen, r.off, r.left = true, r.next+8, length
		}
		r.next += 12 + length
	}
	n, err := r.s.r.ReadAt(p[:min(int64(len(p)), r.left)], r.off)
	r.off, r.left = r.off+int64(n), r.left-int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// verifyJPEG compares the size of the file with the least that the image takes: the first
// scan has at least one bit for each block of 8 by 8 samples of the first component. With
// arithmetic coding there is no such limit.
func verifyJPEG(s *source) error {
	f, err := readFrame(s.from(2))
	if err != nil {
		return err
	}
	if !f.arithmetic && int64(f.blocks) > s.size*8 {
		return errLies
	}
	return nil
}

// verifyWebP requires that the image has the size of the canvas, or its first frame lies
// on it.
func verifyWebP(s *source) error {
	f, err := readWebP(s)
	switch {
	case err != nil:
		return err
	case f.image.kind == "ANMF":
		return errDamaged
	case f.animated && f.x+f.frameWidth <= f.width && f.y+f.frameHeight <= f.height:
		return nil
	case f.x != 0 || f.y != 0 || f.frameWidth != f.width || f.frameHeight != f.height:
		return errLies
	}
	return nil
}

// verifyGIF requires that the first frame lies on the canvas, as decoders do.
func verifyGIF(s *source) error {
	b, err := s.at(0, 13)
	if err != nil {
		return err
	}
	w, h := int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:]))
	r := s.from(13 + colorTableSize(b[10]))
	for {
		block, err := r.ReadByte()
		if err != nil {
			return err
		}
		switch block {
		case 0x2c: // image
			var d [8]byte
			if _, err := io.ReadFull(r, d[:]); err != nil {
				return err
			}
			le := binary.LittleEndian
			if int(le.Uint16(d[0:]))+int(le.Uint16(d[4:])) > w || int(le.Uint16(d[2:]))+int(le.Uint16(d[6:])) > h {
				return errLies
			}
			return nil
		case 0x21: // extension
			if _, err := r.Discard(1); err != nil {
				return err
			}
			if err := skipBlocks(r); err != nil {
				return err
			}
		case 0:
		default:
			return errDamaged
		}
	}
}
