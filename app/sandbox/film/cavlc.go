package film

// zigzag is the order in which coefficients are written.
var zigzag = [16]int{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

// meanOfChroma is the context of the four means of a chroma plane.
const meanOfChroma = -1

// residual writes a run of levels in zigzag order with CAVLC, ITU-T H.264
// clause 9.2. Context is the number of levels near by, or meanOfChroma. It
// returns how many levels are not zero.
func (b *bitWriter) residual(levels []int32, context int) int {
	var value, run [16]int // from the highest frequency down; run is the zeros before each
	total, ones, zeros := 0, 0, 0
	gap := 0
	for i := len(levels) - 1; i >= 0; i-- {
		v := int(levels[i])
		if v == 0 {
			gap++
			continue
		}
		if total > 0 {
			run[total-1] = gap
			zeros += gap
		}
		gap = 0
		if ones == total && ones < 3 && (v == 1 || v == -1) {
			ones++
		}
		value[total] = v
		total++
	}
	if total > 0 {
		run[total-1] = gap
		zeros += gap
	}
	b.token(total, ones, context)
	if total == 0 {
		return 0
	}
	for _, v := range value[:ones] {
		b.flag(v < 0)
	}
	b.levels(value[ones:total], total, ones)
	if total < len(levels) {
		if context == meanOfChroma {
			b.code(zerosOfMean[total-1][zeros])
		} else {
			b.code(zerosOf[total-1][zeros])
		}
	}
	for _, r := range run[:total-1] {
		if zeros == 0 {
			break
		}
		b.code(runOf[min(zeros, 7)-1][r])
		zeros -= r
	}
	return total
}

// token writes how many levels there are and how many of the last are ±1.
func (b *bitWriter) token(total, ones, context int) {
	switch {
	case context == meanOfChroma:
		b.code(tokenOfMean[total][ones])
	case context < 2:
		b.code(tokenOf[0][total][ones])
	case context < 4:
		b.code(tokenOf[1][total][ones])
	case context < 8:
		b.code(tokenOf[2][total][ones])
	case total == 0:
		b.u(6, 3)
	default:
		b.u(6, uint32((total-1)<<2|ones))
	}
}

// levels writes the values that are not trailing ones, in codes that adapt to
// their size.
func (b *bitWriter) levels(values []int, total, ones int) {
	suffix := uint(0)
	if total > 10 && ones < 3 {
		suffix = 1
	}
	for i, v := range values {
		code := 2*v - 2
		if v < 0 {
			code = -2*v - 1
		}
		if i == 0 && ones < 3 {
			code -= 2 // it cannot be ±1, or it would be a trailing one
		}
		switch {
		case suffix == 0 && code < 14:
			b.u(uint(code)+1, 1)
		case suffix == 0 && code < 30:
			b.u(15, 1)
			b.u(4, uint32(code-14))
		case suffix > 0 && code < 15<<suffix:
			b.u(uint(code>>suffix)+1, 1)
			b.u(suffix, uint32(code))
		default:
			b.u(16, 1)
			b.u(12, uint32(code-max(15<<suffix, 30)))
		}
		suffix = max(suffix, 1)
		if max(v, -v) > 3<<(suffix-1) && suffix < 6 {
			suffix++
		}
	}
}

func (b *bitWriter) code(c vlc) { b.u(uint(c.n), uint32(c.bits)) }
