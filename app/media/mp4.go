package media

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"time"
)

// maxBoxes is the limit of boxes read, for files made to have very many.
const maxBoxes = 10_000

// mp4File is the state of a walk through the boxes of an MP4.
type mp4File struct {
	s     *source
	info  *Info
	left  int  // number of boxes that may still be read
	moov  bool // there is a moov box
	media bool // there is an mdat box

	video, sound bool // a track says that it is of this kind
}

// inspectMP4 walks the boxes: there must be a moov and an mdat, and every box must end
// inside the file. The duration comes from mvhd, the dimensions from the first track
// that has any.
func inspectMP4(s *source, info *Info) error {
	f := mp4File{s: s, info: info, left: maxBoxes}
	if err := f.walk(0, s.size, 0); err != nil {
		return err
	}
	if !f.moov || !f.media {
		return io.ErrUnexpectedEOF
	}
	info.silent = f.sound && !f.video && info.Width == 0
	return nil
}

// walk reads the boxes between off and end; depth 0 is the file, 1 moov, 2 a track, 3 its
// media.
func (f *mp4File) walk(off, end int64, depth int) error {
	for off < end {
		if f.left--; f.left < 0 {
			return errDamaged
		}
		kind, start, next, err := f.box(off, end)
		if err != nil {
			if depth > 0 || f.complete() && f.zeros(off, end) {
				return ignoreTruncation(err) // padding after the last box
			}
			return err
		}
		switch {
		case depth == 0 && kind == "moov":
			f.moov = true
			err = f.walk(start, next, 1)
		case depth == 0 && kind == "mdat":
			f.media = true
		case depth == 1 && kind == "trak":
			err = f.walk(start, next, 2)
		case depth == 2 && kind == "mdia":
			err = f.walk(start, next, 3)
		case depth == 3 && kind == "hdlr":
			err = f.readHandler(start, next)
		case depth == 1 && kind == "mvhd":
			err = f.readLength(start, next)
		case depth == 2 && kind == "tkhd":
			err = f.readSize(start, next)
		}
		if err != nil {
			return err
		}
		off = next
	}
	return nil
}

func (f *mp4File) complete() bool { return f.moov && f.media }

// box reads a box's header: its type, the start of its content and the start of the next
// box. If the box ends after end, the error is io.ErrUnexpectedEOF.
func (f *mp4File) box(off, end int64) (kind string, start, next int64, err error) {
	b, err := f.s.at(off, 8)
	if err != nil {
		return "", 0, 0, err
	}
	kind, start = string(b[4:8]), off+8
	length := int64(binary.BigEndian.Uint32(b))
	switch length {
	case 0: // up to end
		length = end - off
	case 1: // a 64-bit size follows
		if b, err = f.s.at(off+8, 8); err != nil {
			return "", 0, 0, err
		}
		start += 8
		length = int64(min(binary.BigEndian.Uint64(b), math.MaxInt64))
	}
	if length < start-off || length > end-off {
		return "", 0, 0, io.ErrUnexpectedEOF
	}
	return kind, start, off + length, nil
}

// zeros reports whether the bytes between off and end are padding: less than 8, all zero.
func (f *mp4File) zeros(off, end int64) bool {
	if end-off >= 8 {
		return false
	}
	b, err := f.s.at(off, int(end-off))
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return err == nil
}

func ignoreTruncation(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// readLength reads the duration in mvhd, which may be unset.
func (f *mp4File) readLength(off, end int64) error {
	b, err := f.s.at(off, int(min(end-off, 32)))
	if err != nil || len(b) < 20 {
		return err
	}
	scale, length := uint64(binary.BigEndian.Uint32(b[12:])), uint64(binary.BigEndian.Uint32(b[16:]))
	open := length == math.MaxUint32
	if b[0] == 1 && len(b) == 32 {
		scale, length = uint64(binary.BigEndian.Uint32(b[20:])), binary.BigEndian.Uint64(b[24:])
		open = length == math.MaxUint64
	}
	if seconds := float64(length) / float64(max(scale, 1)); scale > 0 && !open && seconds < math.MaxInt32 {
		f.info.Duration = time.Duration(seconds * float64(time.Second))
	}
	return nil
}

// readHandler reads in hdlr what kind of track it is.
func (f *mp4File) readHandler(off, end int64) error {
	b, err := f.s.at(off, int(min(end-off, 12)))
	if err != nil || len(b) < 12 {
		return err
	}
	f.video, f.sound = f.video || string(b[8:12]) == "vide", f.sound || string(b[8:12]) == "soun"
	return nil
}

// readSize reads the end of tkhd: a matrix, then width and height, all in fixed-point
// numbers. If the matrix rotates by 90°, width and height are swapped.
func (f *mp4File) readSize(off, end int64) error {
	b, err := f.s.at(max(off, end-44), int(min(end-off, 44)))
	if err != nil || len(b) < 44 || f.info.Width != 0 {
		return err
	}
	w, h := int(binary.BigEndian.Uint16(b[36:])), int(binary.BigEndian.Uint16(b[40:]))
	a, d := binary.BigEndian.Uint32(b[0:]), binary.BigEndian.Uint32(b[16:])
	if turned := binary.BigEndian.Uint32(b[4:]) != 0; a == 0 && d == 0 && turned {
		w, h = h, w
	}
	f.info.Width, f.info.Height = w, h
	return nil
}
