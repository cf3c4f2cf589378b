package jsonblob

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// ErrSize is returned while a body is read when a file has more or fewer bytes
// than it was said to have. It comes before the body is complete, so no
// server takes the request for a whole one.
var ErrSize = errors.New("jsonblob: a file changed its size")

// Body is a JSON document with files in it, made by [Files.Embed]. It is
// immutable and can be read many times, also at the same time.
type Body struct {
	parts []part
	size  int64
}

// part is some text or a file.
type part struct {
	text []byte
	file File
}

// Len is the exact number of bytes a reader gives: the Content-Length.
func (b *Body) Len() int64 { return b.size }

// Reader reads the body from its start; it fits http.Request.GetBody. Whoever
// calls it closes the reader. It fails with [ErrSize] or with a file's error.
func (b *Body) Reader() (io.ReadCloser, error) { return &bodyReader{parts: b.parts}, nil }

const rawChunk = 24 << 10 // a multiple of 3, so that padding comes at the end only

type bodyReader struct {
	mu    sync.Mutex // HTTP/2 closes a body while it is being read
	parts []part
	ready []byte // to be given out
	err   error  // sticky

	file io.ReadCloser // being read, or nil
	left int64         // bytes of it still to come
	raw  []byte
	text []byte
}

// Read implements [io.Reader].
func (r *bodyReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.ready) == 0 && len(p) > 0 && r.err == nil {
		r.err = r.advance()
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	if n == 0 {
		return 0, r.err
	}
	return n, nil
}

// Close closes the file being read, if any. It may be called again.
func (r *bodyReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready, r.err = nil, fs.ErrClosed
	return r.shut()
}

// advance makes more bytes ready, or steps to the next part.
func (r *bodyReader) advance() error {
	switch {
	case r.file != nil:
		return r.encode()
	case len(r.parts) == 0:
		return io.EOF
	}
	next := r.parts[0]
	r.parts = r.parts[1:]
	if r.ready = next.text; r.ready != nil {
		return nil
	}
	f, err := next.file.Open()
	if err != nil {
		return fmt.Errorf("jsonblob: open: %w", err)
	}
	r.file, r.left = f, next.file.Size
	return nil
}

// encode makes the next bytes of the file ready. The last ones are held back
// until the file was seen to end there.
func (r *bodyReader) encode() error {
	if r.raw == nil {
		r.raw, r.text = make([]byte, rawChunk), make([]byte, rawChunk/3*4)
	}
	raw := r.raw[:min(r.left, rawChunk)]
	if _, err := io.ReadFull(r.file, raw); err != nil {
		return readError(err)
	}
	if r.left -= int64(len(raw)); r.left == 0 {
		var one [1]byte
		if n, err := io.ReadFull(r.file, one[:]); n > 0 {
			return fmt.Errorf("%w: it grew", ErrSize)
		} else if err != io.EOF {
			return readError(err)
		}
		if err := r.shut(); err != nil {
			return err
		}
	}
	base64.StdEncoding.Encode(r.text, raw)
	r.ready = r.text[:base64.StdEncoding.EncodedLen(len(raw))]
	return nil
}

func (r *bodyReader) shut() error {
	f := r.file
	if f == nil {
		return nil
	}
	r.file = nil
	if err := f.Close(); err != nil {
		return fmt.Errorf("jsonblob: close: %w", err)
	}
	return nil
}

func readError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: it shrank", ErrSize)
	}
	return fmt.Errorf("jsonblob: read: %w", err)
}
