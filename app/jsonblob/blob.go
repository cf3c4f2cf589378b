package jsonblob

import (
	"fmt"
	"strconv"
)

// extract decodes the base64 string at pos into a sink and writes a placeholder to doc
// instead.
func (x *extractor) extract(h stringHead) (err error) {
	n := len(x.blobs)
	x.blobs = append(x.blobs, Blob{Placeholder: x.Prefix + strconv.Itoa(n), MIME: h.mime})
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
		b.Size, b.Corrupt = d.size, d.corrupt
		if closed := w.Close(); err == nil && closed != nil {
			err = fmt.Errorf("jsonblob: sink: %w", closed)
		}
	}()
	x.skip(1 + h.skip)
	x.rewind()
	if err := x.decodeString(d); err != nil {
		return err
	}
	return d.finish()
}

// decodeString decodes the remainder of the string and moves past its closing quote.
func (x *extractor) decodeString(d *decoder) error {
	for {
		at := x.next(x.pos)
		if err := d.write(x.buf[x.pos:at]); err != nil {
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
		switch {
		case c == '\n' || c == '\r':
		case c < 0 || c > 0x7f:
			d.corrupt = true
		default:
			if err := d.put(byte(c)); err != nil {
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
