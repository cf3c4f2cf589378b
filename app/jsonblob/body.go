package jsonblob

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// ErrSize is returned by a body's Read if a file has more or fewer bytes than its Size.
// It comes before the last byte of the body, so that the server does not get a request
// that looks complete.
var ErrSize = errors.New("jsonblob: a file changed its size")

// Body is a JSON document with files in it, made by [Files.Embed]. It is immutable and
// can be read several times, also concurrently.
type Body struct {
	parts []part
	size  int64
}

// part is text or, if text is nil, a file.
type part struct {
	text []byte
	file File
}

// Len is the length of the body in bytes, for Content-Length.
func (b *Body) Len() int64 { return b.size }

// Reader reads the body from its start. It can be used as http.Request.GetBody. The
// caller must close the reader. Its Read fails with [ErrSize] or with a file's error.
func (b *Body) Reader() (io.ReadCloser, error) { return &bodyReader{parts: b.parts}, nil }

const rawChunk = 24 << 10 // bytes encoded at once; a multiple of 3, so that only the last chunk has padding

type bodyReader struct {
	mu    sync.Mutex // HTTP/2 may call Close during a Read
	parts []part     // not read yet
	ready []byte     // bytes for the next Read
	err   error      // returned by all further Reads

	file io.ReadCloser // being read; nil if none
	left int64         // bytes of it not read yet
	raw  []byte        // buffers of encode
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
	return r.closeFile()
}

// advance makes more bytes ready, or opens the next part.
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

// encode makes the next bytes of the file ready; the last ones only after the file
// really ends there.
func (r *bodyReader) encode() error {
	if r.raw == nil {
		r.raw, r.text = make([]byte, rawChunk), make([]byte, rawChunk/3*4)
	}
	raw := r.raw[:min(r.left, rawChunk)]
	if _, err := io.ReadFull(r.file, raw); err != nil {
		return readError(err)
	}
	if r.left -= int64(len(raw)); r.left == 0 {
		var extra [1]byte
		if n, err := io.ReadFull(r.file, extra[:]); n > 0 {
			return fmt.Errorf("%w: it grew", ErrSize)
		} else if err != io.EOF {
			return readError(err)
		}
		if err := r.closeFile(); err != nil {
			return err
		}
	}
	base64.StdEncoding.Encode(r.text, raw)
	r.ready = r.text[:base64.StdEncoding.EncodedLen(len(raw))]
	return nil
}

func (r *bodyReader) closeFile() error {
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
