package provider

import (
	"io"
	"net/http"

	"aigc/app/contentcoding"
)

// AnswerRecorder is implemented by a [BlobSink] that also keeps a copy of an answer, as it
// was received: if nothing in a paid answer can be understood, the copy is what the
// money bought.
type AnswerRecorder interface {
	// BeginAnswer is called when a 2xx arrives, before its body. The body is written to
	// the writer while it is read, before a content coding is removed; an error of the
	// writer is ignored. Nil: no copy of this answer is wanted, and EndAnswer is not called.
	// Each byte of the request's secrets is an asterisk: here, or in what decode returns.
	BeginAnswer(paid bool) io.Writer
	// EndAnswer is called after the body; whole says that it arrived completely. decode
	// reads the copy without its content coding; nil: it has none, or one that is not
	// known or damaged.
	EndAnswer(whole bool, decode func(io.ReadCloser) io.ReadCloser)
}

// maxUnread is how many bytes of an answer are read, and copied, after its reader stopped.
const maxUnread = 2 << 30

// recordedBody copies the body of an answer while it is read.
type recordedBody struct {
	io.ReadCloser
	copy io.Writer
	end  error // of the body; io.EOF if it was read to its end
}

func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	_, _ = b.copy.Write(p[:n])
	if err != nil {
		b.end = err
	}
	return n, err
}

// readCloser reads from one and closes another.
type readCloser struct {
	io.Reader
	io.Closer
}

// record lets the sink copy the body of a 2xx, if it is an [AnswerRecorder]. It must be
// called before the content coding is removed. The returned function reads what the
// reader of the answer left of the body, and ends the copy.
func (c *Client) record(res *http.Response, paid bool, hidden *secrets) (end func(decoded *contentcoding.Reader)) {
	recorder, ok := c.Blobs.(AnswerRecorder)
	if !ok || res.StatusCode < 200 || res.StatusCode > 299 {
		return func(*contentcoding.Reader) {}
	}
	to := recorder.BeginAnswer(paid)
	if to == nil {
		return func(*contentcoding.Reader) {}
	}
	redactor := newRedactor(hidden)
	copied := &redactedWriter{Redactor: redactor, to: to}
	if len(contentcoding.Names(res.Header)) > 0 {
		copied.Redactor = newRedactor(nil)
	}
	body := &recordedBody{ReadCloser: res.Body, copy: copied}
	res.Body = body
	return func(decoded *contentcoding.Reader) {
		var decode func(io.ReadCloser) io.ReadCloser
		if decoded != nil {
			// The reader of the answer may have stopped at something that it could not read.
			if _, err := io.CopyN(io.Discard, decoded, maxUnread); err == io.EOF && decoded.Coded() {
				decode = func(from io.ReadCloser) io.ReadCloser {
					plain := decoded.Again(from)
					return readCloser{redactor.Reader(plain), plain}
				}
			}
		}
		if body.end == nil {
			_, _ = io.CopyN(io.Discard, body, maxUnread)
		}
		_ = copied.Flush() // the recorder knows of its own errors
		recorder.EndAnswer(body.end == io.EOF, decode)
	}
}
