package jsonblob

import (
	"fmt"
	"strconv"
)

// extract streams the base64 string at pos to a sink and puts a placeholder in
// its place.
func (l *extractor) extract(h head) (err error) {
	n := len(l.blobs)
	l.blobs = append(l.blobs, Blob{Placeholder: l.Prefix + strconv.Itoa(n), MIME: h.mime})
	b := &l.blobs[n]
	if err := l.flush(); err != nil {
		return err
	}
	if err := l.print([]byte(`"` + b.Placeholder + `"`)); err != nil {
		return err
	}
	w, err := l.sink(n)
	if err != nil {
		return fmt.Errorf("jsonblob: sink: %w", err)
	}
	d := &l.decoder
	d.reset(w, l.MaxBlob)
	defer func() {
		b.Size, b.Corrupt = d.size, d.corrupt
		if closed := w.Close(); err == nil && closed != nil {
			err = fmt.Errorf("jsonblob: sink: %w", closed)
		}
	}()
	l.drop(1 + h.skip)
	l.rewind()
	if err := l.feed(d); err != nil {
		return err
	}
	return d.finish()
}

// feed gives the decoder the rest of the string and passes its closing quote.
func (l *extractor) feed(d *decoder) error {
	for {
		at := l.next(l.pos)
		if err := d.write(l.buf[l.pos:at]); err != nil {
			return err
		}
		l.drop(at - l.pos)
		if at < l.end && l.buf[at] == '"' {
			l.drop(1)
			return nil
		}
		c, size := unescape(l.buf[at:l.end])
		if size == 0 {
			if err := l.refill(); err != nil {
				return inside(err)
			}
			continue
		}
		l.drop(size)
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

// drop passes bytes that are not copied to doc.
func (l *extractor) drop(n int) {
	l.pos += n
	l.start = l.pos
}
