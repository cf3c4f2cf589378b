package provider

import (
	"io"
)

// Redactor replaces the secrets of all accounts in streams, each byte by an asterisk, so
// that sizes stay the same. The sandbox's keys are public and stay.
type Redactor struct {
	secrets *secrets
	held    int // bytes that may be the beginning of a secret
}

// Redactor returns one for the secrets of all accounts.
func (a *Accounts) Redactor() *Redactor {
	var texts []string
	for _, list := range a.accounts {
		for _, acc := range list {
			if !acc.Sandbox {
				texts = append(texts, acc.Secret.Reveal(), acc.AccessKey.Reveal())
			}
		}
	}
	return newRedactor(newSecrets(texts...))
}

// newRedactor holds back what the longest secret may take if it is escaped.
func newRedactor(s *secrets) *Redactor {
	r := &Redactor{secrets: s}
	if s != nil {
		r.held = min(maxEscape*s.longest, maxHeld)
	}
	return r
}

// hide replaces the secrets in buf that begin before a position.
func (r *Redactor) hide(buf []byte, before int) {
	for at := 0; ; {
		start, end, _ := r.secrets.find(buf, at)
		if start < 0 || start >= before {
			return
		}
		for i := start; i < end; i++ {
			buf[i] = '*'
		}
		at = end
	}
}

// redactChunk is how many bytes are searched at once.
const redactChunk = 64 << 10

// maxHeld limits what is held back of a stream, for secrets as long as a key file.
const maxHeld = 64 << 10

// Reader returns src with the secrets replaced. It holds back as many bytes as a secret
// may take, so that it finds one that reaches from one chunk into the next.
func (r *Redactor) Reader(src io.Reader) io.Reader {
	if r.held == 0 {
		return src
	}
	return &redactedReader{Redactor: r, src: src, buf: make([]byte, 0, redactChunk+r.held)}
}

type redactedReader struct {
	*Redactor
	src   io.Reader
	buf   []byte // read from src; its first ready bytes are searched
	start int    // of the bytes not returned yet
	ready int
	err   error // of src
}

// Read implements [io.Reader].
func (r *redactedReader) Read(p []byte) (int, error) {
	for r.start == r.ready && len(p) > 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.buf[r.start:r.ready])
	r.start += n
	return n, nil
}

// fill reads the next chunk and searches it. A secret that begins in the ready bytes ends
// within the buffer, since longest-1 bytes behind them are held back.
func (r *redactedReader) fill() {
	held := copy(r.buf[:cap(r.buf)], r.buf[r.ready:])
	r.buf = r.buf[:cap(r.buf)]
	n := 0
	n, r.err = io.ReadFull(r.src, r.buf[held:])
	r.buf = r.buf[:held+n]
	if r.err == io.ErrUnexpectedEOF {
		r.err = io.EOF
	}
	r.start, r.ready = 0, len(r.buf)
	if r.err == nil {
		r.ready -= r.held
	}
	r.hide(r.buf, r.ready)
}

// redactedWriter writes a stream with the secrets replaced. Flush writes what it holds
// back.
type redactedWriter struct {
	*Redactor
	to  io.Writer
	buf []byte
}

// Write implements [io.Writer].
func (w *redactedWriter) Write(p []byte) (int, error) {
	if w.held == 0 {
		return w.to.Write(p)
	}
	if w.buf = append(w.buf, p...); len(w.buf) < w.held+redactChunk {
		return len(p), nil
	}
	return len(p), w.release(len(w.buf) - w.held)
}

// Flush writes everything.
func (w *redactedWriter) Flush() error { return w.release(len(w.buf)) }

func (w *redactedWriter) release(n int) error {
	w.hide(w.buf, n)
	_, err := w.to.Write(w.buf[:n])
	w.buf = append(w.buf[:0], w.buf[n:]...)
	return err
}
