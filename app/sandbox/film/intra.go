package film

// intra codes the macroblock at column x and row y from its neighbours.
func (e *encoder) intra(x, y int) {
	m := e.mb
	e.fetch(x, y)
	wx, wy := e.offset+16*x, 16*y
	m.codeLuma(e.luma, e.rec[0], wx, wy, e.offset)
	m.codeChroma(e.chroma, e.rec, wx/2, wy/2, e.offset/2)

	b := &e.bits
	code := 1 + int(m.lumaMode) + 4*m.chromaBits
	if m.hasDetail {
		code += 12
	}
	if e.number > 0 {
		code += 5 // the types of P macroblocks come first
	}
	b.ue(code)
	b.ue(chromaMode[m.chromaMode])
	b.se(0) // quantiser as before
	e.lumaLevels(x, y)
	e.chromaLevels(x, y)
	e.kinds[y*e.mbWide+x] = intra
}

// fetch reads the source pixels of a macroblock, with the overlay.
func (e *encoder) fetch(x, y int) {
	for c, p := range e.src {
		n := 16
		if c > 0 {
			n = 8
		}
		from := p.pix[y*n*p.stride+e.offset*n/16+x*n:]
		for r := range n {
			copy(e.mb.src[c][r*n:(r+1)*n], from[r*p.stride:])
		}
	}
	e.overlay.blend(&e.mb.src, 16*x, 16*y)
}

// lumaLevels writes the means, then the blocks in the order of H.264: quarter
// by quarter.
func (e *encoder) lumaLevels(x, y int) {
	m, b := e.mb, &e.bits
	means := m.means.ordered()
	b.residual(means[:], e.context(0, 4*x, 4*y))
	if !m.hasDetail {
		return
	}
	for i := range 16 {
		bx, by := i&1|i>>1&2, i>>1&1|i>>2&2
		px, py := 4*x+bx, 4*y+by
		levels := m.detail[4*by+bx].ordered()
		e.counts[0][py*4*e.mbWide+px] = uint8(b.residual(levels[1:], e.context(0, px, py)))
	}
}

func (e *encoder) chromaLevels(x, y int) {
	m, b := e.mb, &e.bits
	if m.chromaBits > 0 {
		for c := range m.chromaMeans {
			b.residual(m.chromaMeans[c][:], meanOfChroma)
		}
	}
	if m.chromaBits < 2 {
		return
	}
	for c := range m.chromaDetail {
		for i := range m.chromaDetail[c] {
			px, py := 2*x+i%2, 2*y+i/2
			levels := m.chromaDetail[c][i].ordered()
			e.counts[1+c][py*2*e.mbWide+px] = uint8(b.residual(levels[1:], e.context(1+c, px, py)))
		}
	}
}

// context is how many levels the blocks left and above have, on average.
func (e *encoder) context(c, px, py int) int {
	wide := e.mbWide * 2
	if c == 0 {
		wide *= 2
	}
	n, sum := 0, 0
	if px > 0 {
		n, sum = n+1, sum+int(e.counts[c][py*wide+px-1])
	}
	if py > 0 {
		n, sum = n+1, sum+int(e.counts[c][(py-1)*wide+px])
	}
	if n == 2 {
		return (sum + 1) / 2
	}
	return sum
}

// ordered is the block in zigzag order.
func (b *block) ordered() (out [16]int32) {
	for i, at := range zigzag {
		out[i] = b[at]
	}
	return out
}
