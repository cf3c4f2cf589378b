package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"aigc/app/fault"
)

// Body is a request's body that may neither pause nor last too long. It moves
// the connection's read deadline ahead of its reader. The deadline is set from
// the start, since net/http reads what a handler leaves before it answers. At
// the end of the body net/http takes the deadline away, so that it does not
// cut the answer.
type Body struct {
	io.ReadCloser
	conn *http.ResponseController
	idle time.Duration
	end  time.Time // when it has to be complete
	next time.Time // when the deadline is moved again
	done bool      // it was read to its end
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
	_ = b.conn.SetReadDeadline(d) // a test's recorder has no connection
	b.next = now.Add(b.idle / 10)
}

// Read implements [io.Reader]. Its errors, but for io.EOF, are faults.
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

// BodyCutShort is the fault of a body that ended before its format says.
func BodyCutShort(err error) error {
	return fault.Wrap(err, fault.Invalid, "body_cut_short", "The request's body ended early.").WithCharge(fault.ChargedNo)
}
