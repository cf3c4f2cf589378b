package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"aigc/app/fault"
)

// Body is a request's body with two time limits: one for a pause and one for the
// whole body. Each Read extends the connection's read deadline. The first deadline
// is set before the handler runs, because net/http reads an unread body before it
// sends the response. net/http clears the deadline at the end of the body, so it
// does not cut the response.
type Body struct {
	io.ReadCloser
	conn *http.ResponseController
	idle time.Duration // longest pause
	end  time.Time     // deadline of the whole body
	next time.Time     // do not set the deadline again before then
	done bool          // the body was read to its end
}

func newBody(w http.ResponseWriter, r io.ReadCloser, idle, total time.Duration) *Body {
	b := &Body{ReadCloser: r, conn: http.NewResponseController(w), idle: idle, end: time.Now().Add(total)}
	b.extend()
	return b
}

func (b *Body) extend() {
	now := time.Now()
	if now.Before(b.next) {
		return
	}
	d := now.Add(b.idle)
	if d.After(b.end) {
		d = b.end
	}
	_ = b.conn.SetReadDeadline(d) // fails only for a test's recorder, which has no connection
	b.next = now.Add(b.idle / 10)
}

// Read implements [io.Reader]. All errors but io.EOF are faults: of the kind
// RequestTimeout if a time limit passed, else of [BodyCutShort].
func (b *Body) Read(p []byte) (int, error) {
	b.extend()
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF):
		b.done = true
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fault.Wrap(err, fault.RequestTimeout, "body_too_slow", "The request's body did not arrive in time.").WithCharge(fault.ChargedNo)
	default:
		err = BodyCutShort(err)
	}
	return n, err
}

// BodyCutShort makes the fault of a body that ended before its Content-Length, or
// before the end that its format (JSON, multipart) requires.
func BodyCutShort(err error) error {
	return fault.Wrap(err, fault.Invalid, "body_cut_short", "The request's body ended early.").WithCharge(fault.ChargedNo)
}
