package jsonblob

import (
	"io"

	"aigc/app/fault"
)

// maxDepth is where encoding/json gives up too.
const maxDepth = 10_000

// run passes the whole input, from string to string.
func (l *extractor) run() ([]Blob, error) {
	for {
		found, err := l.structure()
		if err != nil {
			return l.blobs, err
		}
		if found {
			if err := l.text(); err != nil {
				return l.blobs, err
			}
			continue
		}
		switch err := l.refill(); {
		case err == io.EOF && (len(l.stack) > 0 || !l.begun):
			return l.blobs, ErrTruncated
		case err == io.EOF:
			return l.blobs, nil
		case err != nil:
			return l.blobs, err
		}
	}
}

// structure passes everything outside strings, up to the next quote or the
// end of the window. All it wants to know is where keys are. Brackets that do
// not match are left to json.Unmarshal.
func (l *extractor) structure() (found bool, err error) {
	for i, c := range l.buf[l.pos:l.end] {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			l.pos += i
			l.begun = true
			return true, nil
		case '{', '[':
			if len(l.stack) == maxDepth {
				return false, fault.New(fault.Invalid, "document_too_deep", "The JSON document is nested more than %d deep.", maxDepth)
			}
			l.stack = append(l.stack, c)
			l.key = c == '{'
		case '}', ']':
			l.stack = l.stack[:max(0, len(l.stack)-1)]
			l.key = false
		case ',':
			l.key = len(l.stack) > 0 && l.stack[len(l.stack)-1] == '{'
		case ':':
			l.key = false
		}
		l.begun = true
	}
	l.pos = l.end
	return false, nil
}

// text passes the string whose opening quote is at pos.
func (l *extractor) text() error {
	n, closed, err := l.span(max(l.Threshold, headBytes) + 2) // with the quote, and one more than the threshold
	if err != nil {
		return err
	}
	raw := l.buf[l.pos+1 : l.pos+n]
	if closed {
		raw = raw[:len(raw)-1]
	}
	if startsWith(raw, l.Prefix) {
		return fault.New(fault.Invalid, "reserved_text", "The JSON document holds a text that is reserved for placeholders.")
	}
	if len(raw) > l.Threshold && !l.key {
		if h, ok := look(raw); ok {
			return l.extract(h)
		}
	}
	for !closed { // long text: pass it in pieces
		l.pos += n - 1 // span passes over one byte, here the last one it saw
		if n, closed, err = l.span(minRead); err != nil {
			return err
		}
	}
	l.pos += n
	return nil
}

// span measures the string at pos: up to and including its closing quote, or
// at least limit bytes of it, all of them in the window. The byte at pos itself
// is not looked at. What was passed before is copied to doc on the way.
func (l *extractor) span(limit int) (n int, closed bool, err error) {
	for n = 1; n < limit; {
		at := l.next(l.pos + n)
		switch {
		case at == l.end:
			n = at - l.pos
		case l.buf[at] == '"':
			return at - l.pos + 1, true, nil
		default:
			n = at - l.pos + 2
		}
		for l.pos+n > l.end || l.pos+n == l.end && n < limit {
			if err := l.refill(); err != nil {
				return 0, false, inside(err)
			}
		}
	}
	return n, false, nil
}

// inside is what an error of refill means where the input must not end.
func inside(err error) error {
	if err == io.EOF {
		return ErrTruncated
	}
	return err
}
