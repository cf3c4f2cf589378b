package provider

import (
	"io"
	"net/http"
)

// AnswerRecorder is implemented by a [BlobSink] that also keeps a copy of an answer, as it
// was received: if nothing in a paid answer can be understood, the copy is what the
// money bought.
type AnswerRecorder interface {
	// BeginAnswer is called when a 2xx arrives, before its body. The body is written to
	// the writer while it is read; an error of the writer is ignored. Nil: no copy of
	// this answer is wanted, and EndAnswer is not called.
	BeginAnswer(paid bool) io.Writer
	// EndAnswer is called after the body; whole says that it arrived completely.
	EndAnswer(whole bool)
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

// record lets the sink copy the body of a 2xx, if it is an [AnswerRecorder]. The returned
// function reads what the reader of the answer left of the body, and ends the copy.
func (c *Client) record(res *http.Response, paid bool) (end func()) {
	recorder, ok := c.Blobs.(AnswerRecorder)
	if !ok || res.StatusCode < 200 || res.StatusCode > 299 {
		return func() {}
	}
	to := recorder.BeginAnswer(paid)
	if to == nil {
		return func() {}
	}
	body := &recordedBody{ReadCloser: res.Body, copy: to}
	res.Body = body
	return func() {
		if body.end == nil { // the reader stopped at something that it could not read
			_, _ = io.CopyN(io.Discard, body, maxUnread)
		}
		recorder.EndAnswer(body.end == io.EOF)
	}
}
