package media

import (
	"bufio"
	"io"
)

// source reads a file of a known size, and nothing beyond it.
type source struct {
	r    io.ReaderAt
	size int64
	buf  [64]byte
}

// at reads exactly n bytes at off, n <= 64. They are valid until the next call.
func (s *source) at(off int64, n int) ([]byte, error) {
	if off < 0 || off > s.size-int64(n) {
		return nil, io.ErrUnexpectedEOF
	}
	b := s.buf[:n]
	if got, err := s.r.ReadAt(b, off); got < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // the file is shorter than size
		}
		return nil, err
	}
	return b, nil
}

// from reads the file from off to its end.
func (s *source) from(off int64) *bufio.Reader {
	return bufio.NewReaderSize(io.NewSectionReader(s.r, off, max(0, s.size-off)), 32<<10)
}
