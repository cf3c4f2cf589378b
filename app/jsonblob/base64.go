package jsonblob

import (
	"fmt"
	"io"

	"github.com/segmentio/asm/base64"

	"aigc/app/fault"
)

const (
	outSize = 48 << 10 // bytes of the decoder's output buffer
	invalid = 1 << 31  // value in digits of a character that is not base64
)

// digits maps a character, for each of the four places of a quantum, to its value,
// shifted to that place, or to invalid. It has the standard and the URL-safe alphabet.
var digits = func() (t [4][256]uint32) {
	const std = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for place := range t {
		for c := range t[place] {
			t[place][c] = invalid
		}
		for v, c := range []byte(std) {
			t[place][c] = uint32(v) << (18 - 6*place)
		}
		t[place]['-'] = t[place]['+']
		t[place]['_'] = t[place]['/']
	}
	return t
}()

// decode decodes complete quanta (4 characters to 3 bytes) of src until one is not
// base64 or dst is full. It returns the bytes written to dst and the bytes of src used.
func decode(dst, src []byte) (n, used int) {
	quanta := min(len(src)/4, len(dst)/3)
	if quanta >= vectorQuanta {
		// About ten times as fast. It only decodes the standard alphabet, skips line
		// breaks, and does not return where it failed: after any irregularity the loop
		// of decodeEither is used.
		if n, err := base64.StdEncoding.Decode(dst[:3*quanta], src[:4*quanta]); err == nil && n == 3*quanta {
			return n, 4 * quanta
		}
	}
	return decodeEither(dst, src)
}

// vectorQuanta is the number of quanta from which the decoder with vector instructions
// is faster.
const vectorQuanta = 64

// decodeEither is decode in plain Go, for both alphabets.
func decodeEither(dst, src []byte) (n, used int) {
	t0, t1, t2, t3 := &digits[0], &digits[1], &digits[2], &digits[3]
	for len(src)-used >= 8 && len(dst)-n >= 6 {
		q, o := src[used:used+8:used+8], dst[n:n+6:n+6]
		x := t0[q[0]] | t1[q[1]] | t2[q[2]] | t3[q[3]]
		y := t0[q[4]] | t1[q[5]] | t2[q[6]] | t3[q[7]]
		if (x|y)&invalid != 0 {
			break
		}
		o[0], o[1], o[2] = byte(x>>16), byte(x>>8), byte(x)
		o[3], o[4], o[5] = byte(y>>16), byte(y>>8), byte(y)
		used, n = used+8, n+6
	}
	for len(src)-used >= 4 && len(dst)-n >= 3 {
		q := src[used : used+4 : used+4]
		x := t0[q[0]] | t1[q[1]] | t2[q[2]] | t3[q[3]]
		if x&invalid != 0 {
			break
		}
		dst[n], dst[n+1], dst[n+2] = byte(x>>16), byte(x>>8), byte(x)
		used, n = used+4, n+3
	}
	return n, used
}

// decoder decodes one base64 text that arrives in pieces, and writes the bytes to w.
// Invalid base64 is not an error: it sets corrupt, and the remaining text is ignored.
type decoder struct {
	w       io.Writer
	max     int64  // limit of size; zero: none
	size    int64  // bytes written
	out     []byte // decoded bytes, not written yet
	acc     uint32 // value of the digits of an incomplete quantum
	digits  int    // their number
	pads    int    // number of '=' so far; only more of them may follow
	corrupt bool   // the text is not valid base64
}

func (d *decoder) reset(w io.Writer, limit int64) {
	*d = decoder{w: w, max: limit, out: d.out[:0]}
}

// write decodes the next characters.
func (d *decoder) write(run []byte) error {
	for len(run) > 0 && !d.corrupt {
		if d.digits == 0 && d.pads == 0 {
			n, used := decode(d.out[len(d.out):cap(d.out)], run)
			d.out = d.out[:len(d.out)+n]
			if run = run[used:]; used > 0 {
				if err := d.flush(); err != nil {
					return err
				}
				continue
			}
		}
		if err := d.put(run[0]); err != nil {
			return err
		}
		run = run[1:]
	}
	return nil
}

// put decodes one character.
func (d *decoder) put(c byte) error {
	v := digits[3][c]
	switch {
	case d.corrupt:
	case c == '=':
		d.pads++
	case v == invalid || d.pads > 0:
		d.corrupt = true
	default:
		d.acc, d.digits = d.acc<<6|v, d.digits+1
		if d.digits == 4 {
			d.out = append(d.out, byte(d.acc>>16), byte(d.acc>>8), byte(d.acc))
			d.acc, d.digits = 0, 0
			return d.flush()
		}
	}
	return nil
}

// finish writes the last bytes. Padding may be missing, but not be too long.
func (d *decoder) finish() error {
	switch d.digits {
	case 2:
		d.out = append(d.out, byte(d.acc>>4))
	case 3:
		d.out = append(d.out, byte(d.acc>>10), byte(d.acc>>2))
	}
	if d.digits == 1 || d.pads > (4-d.digits)%4 {
		d.corrupt = true
	}
	return d.writeOut()
}

// flush writes the buffer if the next two quanta might not fit into it.
func (d *decoder) flush() error {
	if cap(d.out)-len(d.out) >= 6 {
		return nil
	}
	return d.writeOut()
}

func (d *decoder) writeOut() error {
	if d.max > 0 && d.size+int64(len(d.out)) > d.max {
		return fault.New(fault.TooLarge, "file_too_large", "A file inside the JSON is larger than %d bytes.", d.max)
	}
	n, err := d.w.Write(d.out)
	d.size, d.out = d.size+int64(n), d.out[:0]
	if err != nil {
		return fmt.Errorf("jsonblob: sink: %w", err)
	}
	return nil
}
