package film

// code turns a 4x4 block of source minus prediction at (x, y) into levels. Its
// mean, which is coded together with others, is returned and left out; loud
// tells whether anything else remains.
func (b *block) code(q quantiser, src, pred []uint8, x, y, stride int) (mean int32, loud bool) {
	noise, sum := int32(0), int32(0)
	for i := 0; i < 16; i += 4 {
		at := (y+i/4)*stride + x
		s, p := src[at:at+4:at+4], pred[at:at+4:at+4]
		for k := range 4 {
			d := int32(s[k]) - int32(p[k])
			b[i+k] = d
			sum += d
			noise += max(d, -d)
		}
	}
	if noise <= q.quiet {
		*b = block{}
		return sum, false
	}
	b.forward()
	mean = b[0]
	b[0] = 0
	for k := 1; k < 16; k++ {
		b[k] = q.level(b[k], placeOf[k], 0)
		loud = loud || b[k] != 0
	}
	return mean, loud
}

// decode writes to the plane what a decoder makes of the levels and the mean:
// the block at (x, y) of the macroblock at (mx, my).
func (b *block) decode(q quantiser, mean int32, p plane, pred []uint8, mx, my, x, y, stride int) {
	var back block
	if *b == (block{}) {
		mean = (mean + 32) >> 6
		for i := range back {
			back[i] = mean
		}
	} else {
		for k := 1; k < 16; k++ {
			back[k] = q.value(b[k], placeOf[k])
		}
		back[0] = mean
		back.inverse()
	}
	for r := range 4 {
		out := p.pix[(my+y+r)*p.stride+mx+x:][:4]
		in := pred[(y+r)*stride+x:][:4]
		for c := range out {
			out[c] = uint8(min(max(int32(in[c])+back[4*r+c], 0), 255))
		}
	}
}
