package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
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
