package jsonblob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	windowSize = 128 << 10
	minRead    = 32 << 10 // least free space for a read
)

// window is the part of the input in memory that is not scanned yet: buf[pos:end].
// more() moves it to the front of the buffer: positions change, offsets from pos do not.
type window struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error // of the last read

	// Positions of the next quote and of the next backslash. Both are cached, so that a
	// scan takes linear time even if the input has many of one and none of the other.
	quote, slash int
}

func (w *window) reset(r io.Reader, size int) {
	if cap(w.buf) < size {
		w.buf = make([]byte, size)
	}
	*w = window{r: r, buf: w.buf[:size]}
	w.rewind()
}

// more reads more input, if necessary after moving the window to the front of the
// buffer. At the end of the input it returns io.EOF.
func (w *window) more() error {
	if len(w.buf)-w.end < minRead || w.pos == w.end {
		w.end = copy(w.buf, w.buf[w.pos:w.end])
		w.pos = 0
	}
	w.rewind()
	n := 0
	for tries := 0; n == 0 && w.err == nil; tries++ {
		if tries == 100 {
			w.err = io.ErrNoProgress
			break
		}
		n, w.err = w.r.Read(w.buf[w.end:])
		w.end += n
	}
	switch {
	case n > 0:
		return nil
	case w.err == io.EOF:
		return io.EOF
	case errors.Is(w.err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: %w", ErrTruncated, w.err)
	}
	return fmt.Errorf("jsonblob: read: %w", w.err)
}

// rewind clears the cached positions, so that next can be called for an earlier one.
func (w *window) rewind() { w.quote, w.slash = -1, -1 }

// next finds the first quote or backslash at or after position at; end if there is none.
// at must not decrease between calls without a rewind.
func (w *window) next(at int) int {
	if at >= w.end {
		return w.end
	}
	if w.quote < at {
		w.quote = w.find('"', at)
	}
	if w.slash < at {
		w.slash = w.find('\\', at)
	}
	return min(w.quote, w.slash)
}

func (w *window) find(c byte, at int) int {
	if i := bytes.IndexByte(w.buf[at:w.end], c); i >= 0 {
		return at + i
	}
	return w.end
}
