package jsonblob

import (
	"bytes"
	"io"

	"aigc/app/fault"
)

// run scans the input to its end.
func (x *extractor) run() ([]Blob, error) {
	if err := x.skipMark(); err != nil {
		return nil, err
	}
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
		case err == io.EOF && (len(x.counter.containers) > 0 || !x.begun):
			return x.blobs, ErrTruncated
		case err == io.EOF:
			return x.blobs, nil
		case err != nil:
			return x.blobs, err
		}
	}
}

// skipMark skips a byte order mark, and refuses UTF-16 with one or without.
func (x *extractor) skipMark() error {
	const mark = "\ufeff"
	for x.end-x.pos < len(mark) {
		if err := x.more(); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	b := x.buf[x.pos:x.end]
	switch {
	case bytes.HasPrefix(b, []byte(mark)):
		x.skip(len(mark))
		x.rewind()
	case len(b) >= 2 && (b[0] == 0 || b[1] == 0 || b[0]|b[1] == 0xff && b[0]&b[1] == 0xfe):
		return fault.New(fault.Invalid, "utf16", "The JSON document is UTF-16 or UTF-32. Send it as UTF-8.").WithCharge(fault.ChargedNo)
	}
	return nil
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
			if err := x.counter.open(c); err != nil {
				return false, x.at(err)
			}
			x.key = c == '{'
			if x.IsFile != nil {
				x.path = append(x.path, Step{InList: c == '['})
			}
		case '}', ']':
			x.counter.close()
			x.path = x.path[:max(0, len(x.path)-1)]
			x.key = false
		case ',':
			if err := x.counter.next(); err != nil {
				return false, x.at(err)
			}
			x.key = x.counter.inObject()
			if n := len(x.path); n > 0 {
				x.path[n-1].Index++
			}
		case ':':
			x.key = false
		}
		x.begun = true
	}
	x.pos = x.end
	return false, nil
}

// at adds to the fault of a limit the place of the object or list that exceeds it.
func (x *extractor) at(err error) error {
	if f := fault.From(err); len(x.path) > 1 {
		f.Details = []fault.Detail{{Location: x.path[:len(x.path)-1].Location(), Message: "the limit is exceeded here"}}
	}
	return err
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
	switch {
	case x.key && len(x.path) > 0:
		x.path[len(x.path)-1].Name = KeyName(raw)
	case !x.key && len(raw) > x.Threshold && x.selects(raw):
		return x.extract()
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

// selects reports whether the string that starts with raw is a file.
func (x *extractor) selects(raw []byte) bool {
	if x.IsFile == nil {
		return isFile(raw)
	}
	return x.IsFile(x.path) && !isLink(raw)
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
