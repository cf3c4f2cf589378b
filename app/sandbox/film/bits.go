package film

import "math/bits"

// bitWriter writes the fields of H.264, most significant bit first.
type bitWriter struct {
	out  []byte
	acc  uint64 // pending bits, right-aligned
	have uint   // how many; always below 8 between calls
}

// u writes the lowest n bits of v; n is at most 32.
func (b *bitWriter) u(n uint, v uint32) {
	b.acc = b.acc<<n | uint64(v)&(1<<n-1)
	for b.have += n; b.have >= 8; {
		b.have -= 8
		b.out = append(b.out, byte(b.acc>>b.have))
	}
}

// flag writes one bit.
func (b *bitWriter) flag(on bool) {
	if on {
		b.u(1, 1)
	} else {
		b.u(1, 0)
	}
}

// ue writes an unsigned Exp-Golomb code.
func (b *bitWriter) ue(v int) {
	n := uint(bits.Len32(uint32(v + 1)))
	b.u(n-1, 0)
	b.u(n, uint32(v+1))
}

// se writes a signed Exp-Golomb code: 0, 1, -1, 2, -2 …
func (b *bitWriter) se(v int) {
	if v > 0 {
		b.ue(2*v - 1)
	} else {
		b.ue(-2 * v)
	}
}

// trail ends the payload of a unit: a one, then zeros up to a whole byte.
func (b *bitWriter) trail() {
	b.u(1, 1)
	if b.have > 0 {
		b.u(8-b.have, 0)
	}
}

// The kinds of NAL unit we write, with their importance in the upper bits.
const (
	unitSlice = 0x61 // picture that refers to the one before
	unitIDR   = 0x65 // picture that stands alone
	unitSPS   = 0x67
	unitPPS   = 0x68
)

// appendUnit appends a NAL unit without length or start code. A decoder may
// search for 0 0 1, so a 3 is put in wherever the payload would imitate it.
func appendUnit(out []byte, kind byte, payload []byte) []byte {
	out = append(out, kind)
	zeros := 0
	for _, c := range payload {
		if zeros == 2 && c <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		out = append(out, c)
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}
