package contentcoding

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// The limits of a decoded body. Compressed JSON with base64 grows to a third more, text
// to the tenfold; a body that grows without measure is made to fill the disk.
const (
	maxExpansion = 100      // decoded bytes for each received byte
	freeSize     = 16 << 20 // decoded bytes that no expansion limits
	maxLayers    = 3        // codings of one body
)

// The errors of reading a body. A body that ends before its coding does gives
// io.ErrUnexpectedEOF.
var (
	ErrCorrupt   = errors.New("the compressed body is damaged")
	ErrExpansion = fmt.Errorf("the compressed body grows to more than %d times its size", maxExpansion)
)

// Names are the codings of a body in the order in which they were applied, in lower case,
// without identity.
func Names(h http.Header) []string {
	var names []string
	for _, line := range h.Values("Content-Encoding") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && name != "identity" {
				names = append(names, strings.TrimPrefix(name, "x-"))
			}
		}
	}
	return names
}

// Known reports whether [NewReader] can decode these codings.
func Known(names []string) bool {
	return len(names) <= maxLayers && !slices.ContainsFunc(names, func(n string) bool { return layers[n] == nil })
}

// NewReader reads a body without its codings, which must be [Known]. Without codings, a
// body that starts like gzip or zstd is decoded, too. Closing the reader closes the body.
func NewReader(body io.ReadCloser, names []string) *Reader {
	return &Reader{body: body, names: names}
}

// LargeWindow is about how much memory the decoder of a coding with a large window, br or
// zstd, takes for one body, in bytes.
const LargeWindow = 24 << 20

// Reader reads a body without its codings.
type Reader struct {
	// BeforeWindow, unless nil, is called before a decoder with a large window is made. Its
	// error is that of all reads.
	BeforeWindow func() error

	body     io.ReadCloser
	names    []string
	decoded  io.Reader // nil before the first Read
	coded    bool      // at least one layer decodes
	closers  []func()
	received int64
	size     int64
	err      error // of all further reads
}

// Read implements [io.Reader].
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.decoded == nil {
		if r.err = r.open(); r.err != nil {
			return 0, r.err
		}
	}
	n, err := r.decoded.Read(p)
	if !r.coded {
		return n, err
	}
	r.size += int64(n)
	switch {
	case r.size > freeSize && r.size > maxExpansion*r.received:
		n, err = 0, ErrExpansion
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.As(err, new(bodyError)):
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	r.err = err
	return n, err
}

// Coded reports, after the first Read, whether the body is decoded: then its length is not
// that of the header Content-Length.
func (r *Reader) Coded() bool { return r.coded }

// Again reads another copy of the body, which was decoded without an error, in the same way.
func (r *Reader) Again(body io.ReadCloser) io.ReadCloser { return NewReader(body, r.names) }

// open adds a layer for each coding, the last applied first.
func (r *Reader) open() error {
	in := bufio.NewReaderSize(received{r}, 4<<10)
	if len(r.names) == 0 {
		for _, name := range []string{"gzip", "zstd"} {
			if added, err := r.add(&in, name); added || err != nil {
				r.decoded = in
				return err
			}
		}
	}
	for _, name := range slices.Backward(r.names) {
		if _, err := r.add(&in, name); err != nil {
			return err
		}
	}
	r.decoded = in
	return nil
}

// add decodes in by one coding; false if it is not in that coding.
func (r *Reader) add(in **bufio.Reader, name string) (added bool, err error) {
	if r.BeforeWindow != nil && (name == "br" || name == "zstd" && startsWith(*in, zstdMagic)) {
		if err := r.BeforeWindow(); err != nil {
			return false, err
		}
	}
	out, done := layers[name](*in)
	if out == nil {
		return false, nil
	}
	if done != nil {
		r.closers = append(r.closers, done)
	}
	*in, r.coded = bufio.NewReaderSize(out, 32<<10), true
	return true, nil
}

// Close implements [io.Closer].
func (r *Reader) Close() error {
	for _, done := range r.closers {
		done()
	}
	r.closers = nil
	return r.body.Close()
}

// received reads the body, counts its bytes and marks its errors.
type received struct{ *Reader }

func (r received) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.Reader.received += int64(n)
	if err != nil && err != io.EOF {
		err = bodyError{err}
	}
	return n, err
}

// bodyError is an error of the connection, not of the coding.
type bodyError struct{ err error }

func (e bodyError) Error() string { return e.err.Error() }
func (e bodyError) Unwrap() error { return e.err }
