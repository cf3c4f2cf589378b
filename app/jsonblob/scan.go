package jsonblob

import (
	"io"

	"aigc/app/fault"
)

// maxDepth is the limit of nesting, which encoding/json also has.
const maxDepth = 10_000

// run scans the input to its end.
func (x *extractor) run() ([]Blob, error) {
	for {
		found, err := x.scanStructure()
		if err != nil {
			return x.blobs, err
		}
		if found {
			if err := x.scanString(); err != nil {
				return x.blobs, err
			}
			continue
		}
		switch err := x.refill(); {
		case err == io.EOF && (len(x.stack) > 0 || !x.begun):
			return x.blobs, ErrTruncated
		case err == io.EOF:
			return x.blobs, nil
		case err != nil:
			return x.blobs, err
		}
	}
}

// scanStructure scans up to the next quote outside a string, or to the end of the window.
// It tracks nesting only to know which strings are keys; json.Unmarshal finds brackets
// that do not match.
func (x *extractor) scanStructure() (found bool, err error) {
	for i, c := range x.buf[x.pos:x.end] {
		switch c {
		case ' ', '\t', '\r', '\n':
			continue
		case '"':
			x.pos += i
			x.begun = true
			return true, nil
		case '{', '[':
			if len(x.stack) == maxDepth {
				return false, fault.New(fault.Invalid, "document_too_deep", "The JSON document is nested more than %d deep.", maxDepth)
			}
			x.stack = append(x.stack, c)
			x.key = c == '{'
		case '}', ']':
			x.stack = x.stack[:max(0, len(x.stack)-1)]
			x.key = false
		case ',':
			x.key = len(x.stack) > 0 && x.stack[len(x.stack)-1] == '{'
		case ':':
			x.key = false
		}
		x.begun = true
	}
	x.pos = x.end
	return false, nil
}

// scanString copies or extracts the string whose opening quote is at pos.
func (x *extractor) scanString() error {
	n, closed, err := x.span(max(x.Threshold, headBytes) + 2) // the quote and one byte more than the threshold
	if err != nil {
		return err
	}
	raw := x.buf[x.pos+1 : x.pos+n]
	if closed {
		raw = raw[:len(raw)-1]
	}
	if startsWith(raw, x.Prefix) {
		return fault.New(fault.Invalid, "reserved_text", "The JSON document contains text that is reserved for placeholders.")
	}
	if len(raw) > x.Threshold && !x.key {
		if h, ok := classify(raw); ok {
			return x.extract(h)
		}
	}
	for !closed { // long text: copy it in pieces
		x.pos += n - 1 // span skips the byte at pos, so let it be one that was scanned
		if n, closed, err = x.span(minRead); err != nil {
			return err
		}
	}
	x.pos += n
	return nil
}

// span reads the string at pos into the window: up to and including its closing quote,
// or at least limit bytes of it. It returns the number of bytes. The byte at pos itself
// is skipped. Scanned bytes before pos may be copied to doc.
func (x *extractor) span(limit int) (n int, closed bool, err error) {
	for n = 1; n < limit; {
		at := x.next(x.pos + n)
		switch {
		case at == x.end:
			n = at - x.pos
		case x.buf[at] == '"':
			return at - x.pos + 1, true, nil
		default:
			n = at - x.pos + 2
		}
		for x.pos+n > x.end || x.pos+n == x.end && n < limit {
			if err := x.refill(); err != nil {
				return 0, false, truncated(err)
			}
		}
	}
	return n, false, nil
}

// truncated turns io.EOF inside a string into [ErrTruncated].
func truncated(err error) error {
	if err == io.EOF {
		return ErrTruncated
	}
	return err
}
