package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"aigc/app/fault"
)

// Body is a request's body with a limit of the time that Read waits for it: in each
// window minProgress bytes must arrive. Only the time in Read counts, so that a handler
// may pause.
type Body struct {
	io.ReadCloser
	conn    *http.ResponseController
	window  time.Duration
	length  int64 // Content-Length; negative: unknown
	expects bool  // the caller waits for 100 Continue, which the first Read sends

	mu       sync.Mutex
	waited   time.Duration // in this window
	progress int64         // bytes in this window
	total    int64         // bytes in all
	deadline time.Time     // as set
	done     bool          // the body was read to its end
	failed   bool
	ended    bool         // the response has begun: nothing is waited for any more
	stopped  *fault.Error // the error of every Read from now on; nil: none
}

const (
	// bodyWindow is the default window.
	bodyWindow = 30 * time.Second
	// minProgress is how many bytes must arrive in each window: 1 KB/s.
	minProgress = 30 << 10

	// maxDrain and drainTime limit what is read of a body after the handler, in order
	// to keep the connection.
	maxDrain  = 64 << 10
	drainTime = 100 * time.Millisecond
)

func newBody(w http.ResponseWriter, r *http.Request, window time.Duration) *Body {
	return &Body{
		ReadCloser: r.Body, conn: http.NewResponseController(w), window: window, length: r.ContentLength,
		expects: strings.EqualFold(r.Header.Get("Expect"), "100-continue"),
	}
}

// Read implements [io.Reader]. All errors but io.EOF are faults: of the kind
// RequestTimeout if the body is too slow, else of [BodyCutShort].
func (b *Body) Read(p []byte) (int, error) {
	begun := time.Now()
	b.extend(begun)
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total += int64(n)
	b.waited += time.Since(begun)
	if b.progress += int64(n); b.progress >= minProgress {
		b.waited, b.progress = 0, 0
	}
	switch {
	case b.stopped != nil:
		b.failed = true
		return n, b.stopped
	case err == nil:
		return n, nil
	case errors.Is(err, io.EOF):
		b.done = true
		return n, err
	}
	b.failed = true
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, fault.Wrap(err, fault.RequestTimeout, "body_too_slow", "The request's body did not arrive in time: at least %d KB in each %s.", minProgress>>10, b.window).WithCharge(fault.ChargedNo)
	}
	return n, BodyCutShort(err)
}

// stop makes reading fail with f, also a Read that waits.
func (b *Body) stop(f *fault.Error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped = f; !b.done && !b.ended {
		_ = b.conn.SetReadDeadline(time.Now())
	}
}

// extend sets the read deadline to the end of the window. A small difference is left
// alone, since each change costs a timer. After the end of the body a deadline would end
// the read by which net/http detects a closed connection.
func (b *Body) extend(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	limit := now.Add(b.window - b.waited)
	if b.done || b.ended || b.stopped != nil || limit.Sub(b.deadline).Abs() <= b.window/10 {
		return
	}
	b.deadline = limit
	_ = b.conn.SetReadDeadline(limit) // fails only for a test's recorder, which has no connection
}

// end is called before the response begins, and reports whether the connection can be
// kept: whether the body was read, or what remains of it is short and has arrived. Nothing
// waits for it later, as net/http would before and after it sends the response.
func (b *Body) end() bool {
	b.mu.Lock()
	if b.done || b.ended {
		defer b.mu.Unlock()
		return b.done
	}
	b.ended = true
	drain := !b.failed && b.length-b.total <= maxDrain && (!b.expects || b.total > 0)
	if drain {
		_ = b.conn.SetReadDeadline(time.Now().Add(drainTime)) // also ends a Read in another goroutine
	} else {
		_ = b.conn.SetReadDeadline(time.Unix(1, 0))
	}
	b.mu.Unlock()
	if drain {
		_, err := io.CopyN(io.Discard, b.ReadCloser, maxDrain+1)
		drain = err == io.EOF
	}
	if !drain {
		_ = b.conn.SetReadDeadline(time.Unix(1, 0))
	}
	b.mu.Lock()
	b.done = drain
	b.mu.Unlock()
	return drain
}

// TextReader is a reader of a text with the header Content-Type. A declared charset must be
// UTF-8, else the error is a fault of kind Unsupported. One that begins with ASCII, and that
// some clients declare for every text, is accepted until a character is not ASCII.
func TextReader(contentType string, r io.Reader) (io.Reader, error) {
	if contentType == "" {
		return r, nil
	}
	_, params, err := mime.ParseMediaType(contentType)
	name := strings.ToLower(strings.TrimSpace(params["charset"]))
	switch {
	case err != nil && strings.Contains(strings.ToLower(contentType), "charset"):
		return nil, charsetFault("in the header Content-Type")
	case name == "", name == "utf-8", name == "utf8":
		return r, nil
	case name == "us-ascii", name == "ascii", name == "iso-8859-1", name == "latin1", name == "windows-1252":
		return &asciiReader{r, name}, nil
	}
	return nil, charsetFault(name)
}

func charsetFault(name string) error {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, name[:min(len(name), 40)])
	return fault.New(fault.Unsupported, "charset", "The charset %s is not supported. Send the text in UTF-8.", name).WithCharge(fault.ChargedNo)
}

// asciiReader refuses what is not ASCII.
type asciiReader struct {
	io.Reader
	charset string
}

func (r *asciiReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	for _, c := range p[:n] {
		if c > 0x7f {
			return 0, charsetFault(r.charset)
		}
	}
	return n, err
}

// BodyCutShort makes the fault of a body that ended before its Content-Length, or
// before the end that its format (JSON, multipart) requires.
func BodyCutShort(err error) error {
	return fault.Wrap(err, fault.Invalid, "body_cut_short", "The request's body ended early.").WithCharge(fault.ChargedNo)
}
