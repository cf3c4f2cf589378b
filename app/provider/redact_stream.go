package provider

import (
	"bytes"
	"io"
)

// Redactor replaces the secrets of all accounts in streams, each byte by an asterisk, so
// that sizes stay the same. The forms of the secrets are those that [Account.redact]
// knows; the sandbox's keys are public and stay.
type Redactor struct {
	forms   [][]byte // longest first within an account
	longest int
}

// Redactor returns one for the secrets of all accounts.
func (a *Accounts) Redactor() *Redactor {
	r := &Redactor{}
	for _, list := range a.accounts {
		for _, acc := range list {
			if acc.Sandbox {
				continue
			}
			for _, form := range acc.encodings() {
				r.forms, r.longest = append(r.forms, form), max(r.longest, len(form))
			}
		}
	}
	return r
}

// redactChunk is how many bytes are searched at once.
const redactChunk = 64 << 10

// Reader returns src with the secrets replaced. It holds back as many bytes as the longest
// secret has, so that it finds one that reaches from one chunk into the next.
func (r *Redactor) Reader(src io.Reader) io.Reader {
	if len(r.forms) == 0 {
		return src
	}
	return &redactedReader{Redactor: r, src: src, buf: make([]byte, 0, redactChunk+r.longest)}
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
	for _, form := range r.forms {
		for at := 0; ; {
			i := bytes.Index(r.buf[at:], form)
			if i < 0 {
				break
			}
			for j := at + i; j < at+i+len(form); j++ {
				r.buf[j] = '*'
			}
			at += i + len(form)
		}
	}
	r.start, r.ready = 0, len(r.buf)
	if r.err == nil {
		r.ready -= r.longest - 1
	}
}
