package fetch

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"aigc/app/contentcoding"
)

// stallReader limits the time that a Read of the body may wait for the server. The timer
// does not run while the caller's writer is slow.
type stallReader struct {
	io.Closer
	r     io.Reader
	timer *time.Timer
	stall time.Duration
}

func (b *stallReader) Read(p []byte) (int, error) {
	b.timer.Reset(b.stall)
	defer b.timer.Stop()
	return b.r.Read(p)
}

// writeError is an error of the caller's writer; the URL is not to blame for it.
type writeError struct{ err error }

func (e *writeError) Error() string { return "fetch: write: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// Sizer is a writer that is told before the first byte how many follow, if the server says
// so. Its error ends the download.
type Sizer interface{ Expect(n int64) error }

var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// copyBody copies at most limit bytes of the body. The request accepts no content coding,
// but some servers store objects compressed and send them so in any case. beforeWindow is
// that of [contentcoding.Reader].
func copyBody(w io.Writer, body io.ReadCloser, resp *http.Response, limit int64, beforeWindow func() error) (size int64, err error) {
	names := contentcoding.Names(resp.Header)
	switch {
	case !contentcoding.Known(names):
		return 0, badEncoding
	case len(names) == 0 && resp.ContentLength > limit:
		return 0, tooLarge(limit)
	}
	if s, ok := w.(Sizer); ok && len(names) == 0 && resp.ContentLength > 0 {
		if err := s.Expect(resp.ContentLength); err != nil {
			return 0, &writeError{err}
		}
	}
	decoded := contentcoding.NewReader(body, names)
	decoded.BeforeWindow = beforeWindow
	defer decoded.Close()
	buf := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buf)
	for {
		n, err := decoded.Read(buf[:])
		fits := min(int64(n), limit-size)
		if fits > 0 {
			wrote, err := w.Write(buf[:fits])
			size += int64(wrote)
			if err != nil {
				return size, &writeError{err}
			}
		}
		switch {
		case fits < int64(n):
			return size, tooLarge(limit)
		case err == io.EOF:
			return size, nil
		case err != nil:
			return size, readError(err)
		}
	}
}

func readError(err error) error {
	if errors.Is(err, contentcoding.ErrCorrupt) || errors.Is(err, contentcoding.ErrExpansion) {
		return badEncoding.withCause(err)
	}
	return truncated.withCause(err)
}

func mediaType(h http.Header) string {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}
