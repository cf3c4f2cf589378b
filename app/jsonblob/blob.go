package jsonblob

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// extract decodes the string at pos into a sink and writes a placeholder to doc instead.
func (x *extractor) extract() (err error) {
	n := len(x.blobs)
	x.blobs = append(x.blobs, Blob{Placeholder: x.Prefix + strconv.Itoa(n)})
	b := &x.blobs[n]
	if err := x.flush(); err != nil {
		return err
	}
	if err := x.writeDoc([]byte(`"` + b.Placeholder + `"`)); err != nil {
		return err
	}
	w, err := x.sink(n)
	if err != nil {
		return fmt.Errorf("jsonblob: sink: %w", err)
	}
	d := &x.decoder
	d.reset(w, x.MaxBlob)
	defer func() {
		b.Size, b.MIME, b.Corrupt, b.Reason = d.size, d.mime, d.reason != "", d.reason
		if closed := w.Close(); err == nil && closed != nil {
			err = fmt.Errorf("jsonblob: sink: %w", closed)
		}
	}()
	x.skip(1)
	x.rewind()
	if err := x.decodeString(d); err != nil {
		return err
	}
	return d.finish()
}

// decodeString decodes the remainder of the string and moves past its closing quote.
func (x *extractor) decodeString(d *Decoder) error {
	var half rune // the first half of a surrogate pair
	for {
		at := x.next(x.pos)
		if half != 0 && (at > x.pos || at < x.end && x.buf[at] == '"') {
			d.fail("it has half a surrogate pair")
			half = 0
		}
		if _, err := d.Write(x.buf[x.pos:at]); err != nil {
			return err
		}
		x.skip(at - x.pos)
		if at < x.end && x.buf[at] == '"' {
			x.skip(1)
			return nil
		}
		c, size := unescape(x.buf[at:x.end])
		if size == 0 {
			if err := x.refill(); err != nil {
				return truncated(err)
			}
			continue
		}
		x.skip(size)
		pair := half != 0
		if pair {
			c, half = utf16.DecodeRune(half, c), 0
		}
		switch {
		case c < 0 || pair && c == utf8.RuneError:
			d.fail("it has an escape that is invalid in JSON")
		case utf16.IsSurrogate(c):
			half = c
		default:
			if _, err := d.Write(utf8.AppendRune(x.char[:0], c)); err != nil {
				return err
			}
		}
	}
}

// skip moves past n bytes without copying them to doc.
func (x *extractor) skip(n int) {
	x.pos += n
	x.start = x.pos
}
