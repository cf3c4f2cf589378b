package jsonblob

import (
	"bytes"

	"github.com/segmentio/asm/base64"
)

const invalid = 1 << 31 // value in digits of a character that is not base64

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
	quanta := min(len(src)/4, len(dst)/3, maxQuanta)
	for _, lineBreak := range []byte("\n\r") { // the vector decoder would skip them without saying where
		if i := bytes.IndexByte(src[:4*quanta], lineBreak); i >= 0 {
			quanta = i / 4
		}
	}
	if quanta >= vectorQuanta {
		// About ten times as fast. It only decodes the standard alphabet, and does not
		// return where it failed: after any irregularity the loop of decodeEither is used.
		if n, err := base64.StdEncoding.Decode(dst[:3*quanta], src[:4*quanta]); err == nil && n == 3*quanta {
			return n, 4 * quanta
		}
	}
	return decodeEither(dst, src)
}

const (
	vectorQuanta = 64   // from this number of quanta on, the decoder with vector instructions is faster
	maxQuanta    = 4096 // per call, so that the search for a line break in it costs little
)

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
