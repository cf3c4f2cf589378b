package jsonblob

import (
	"bytes"
	"strings"
)

// putEscaped decodes a character after % or \ in base64. Text that was escaped twice has
// \n for a line end, and %252B for a plus sign.
func (d *Decoder) putEscaped(c byte) error {
	d.escape = append(d.escape, c)
	switch {
	case d.escape[0] == '%' && len(d.escape) < 3:
		return nil
	case d.escape[0] == '%':
		v, ok := unhex(d.escape[1], d.escape[2])
		d.escape = d.escape[:0]
		if ok {
			return d.put(v)
		}
	default:
		d.escape = d.escape[:0]
		switch c {
		case '/':
			return d.put(c)
		case 'n', 'r', 't':
			return nil
		}
	}
	d.fail("the escape before character %d is not valid", d.at)
	return nil
}

// percentEncoded decodes a piece of a percent-encoded data URL. A % that no two hexadecimal
// digits follow stands for itself.
func (d *Decoder) percentEncoded(run []byte) error {
	for len(run) > 0 {
		n := 0
		if len(d.escape) == 0 {
			n = bytes.IndexByte(run, '%')
			if n < 0 {
				n = len(run)
			}
			n = min(n, cap(d.out)-len(d.out))
			d.out = append(d.out, run[:n]...)
			if run = run[n:]; len(run) > 0 && run[0] == '%' {
				d.escape, run = append(d.escape, '%'), run[1:]
			}
		} else {
			d.escape, run = append(d.escape, run[0]), run[1:]
			d.unescapePercent()
		}
		if err := d.flush(); err != nil {
			return err
		}
	}
	return nil
}

// unescapePercent decodes d.escape once it is complete.
func (d *Decoder) unescapePercent() {
	if len(d.escape) == 2 && d.escape[1] == '%' { // "%%41"
		d.out, d.escape = append(d.out, '%'), d.escape[:1]
		return
	}
	if len(d.escape) < 3 {
		return
	}
	if v, ok := unhex(d.escape[1], d.escape[2]); ok {
		d.out, d.escape = append(d.out, v), d.escape[:0]
		return
	}
	if d.escape[2] == '%' { // "%4%41"
		d.out, d.escape = append(d.out, d.escape[:2]...), append(d.escape[:0], '%')
		return
	}
	d.out, d.escape = append(d.out, d.escape...), d.escape[:0]
}

// unhex is the value of two hexadecimal digits.
func unhex(high, low byte) (byte, bool) {
	const hex = "0123456789abcdef"
	h, l := strings.IndexByte(hex, lower(high)), strings.IndexByte(hex, lower(low))
	return byte(h<<4 | l), h >= 0 && l >= 0
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
