package film

// block is 4x4 values, row by row.
type block [16]int32

// Tables of the H.264 quantiser for quant%6, by the place of a coefficient: a
// corner of the 2x2 pattern, its middle, and the rest.
var (
	quantTable   = [6][3]int32{{13107, 5243, 8066}, {11916, 4660, 7490}, {10082, 4194, 6554}, {9362, 3647, 5825}, {8192, 3355, 5243}, {7282, 2893, 4559}}
	dequantTable = [6][3]int32{{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}}
	placeOf      = [16]int{0, 2, 0, 2, 2, 1, 2, 1, 0, 2, 0, 2, 2, 1, 2, 1}
)

// forward is the integer transform of H.264, without its scaling.
func (b *block) forward() {
	for i := 0; i < 16; i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = forward4(b[i], b[i+1], b[i+2], b[i+3])
	}
	for i := range 4 {
		b[i], b[i+4], b[i+8], b[i+12] = forward4(b[i], b[i+4], b[i+8], b[i+12])
	}
}

func forward4(a, b, c, d int32) (int32, int32, int32, int32) {
	p, q, r, s := a+d, b+c, b-c, a-d
	return p + q, 2*s + r, p - q, s - 2*r
}

// inverse turns scaled coefficients back into differences, as every decoder
// must, to the bit.
func (b *block) inverse() {
	for i := 0; i < 16; i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = inverse4(b[i], b[i+1], b[i+2], b[i+3])
	}
	for i := range 4 {
		b[i], b[i+4], b[i+8], b[i+12] = inverse4(b[i], b[i+4], b[i+8], b[i+12])
	}
	for i := range b {
		b[i] = (b[i] + 32) >> 6
	}
}

func inverse4(a, b, c, d int32) (int32, int32, int32, int32) {
	p, q, r, s := a+c, a-c, b>>1-d, b+d>>1
	return p + s, q + r, q - r, p - s
}

// hadamard mixes the sixteen means of a luma macroblock; it is its own inverse
// up to scale.
func (b *block) hadamard() {
	for i := 0; i < 16; i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = hadamard4(b[i], b[i+1], b[i+2], b[i+3])
	}
	for i := range 4 {
		b[i], b[i+4], b[i+8], b[i+12] = hadamard4(b[i], b[i+4], b[i+8], b[i+12])
	}
}

func hadamard4(a, b, c, d int32) (int32, int32, int32, int32) {
	p, q, r, s := a+d, b+c, b-c, a-d
	return p + q, s + r, p - q, s - r
}

// hadamard2 does the same for the four means of a chroma plane.
func hadamard2(v *[4]int32) {
	a, b, c, d := v[0], v[1], v[2], v[3]
	v[0], v[1], v[2], v[3] = a+b+c+d, a-b+c-d, a+b-c-d, a-b-c+d
}

// quantiser knows one quantisation step.
type quantiser struct {
	qp             int
	scale, rescale [3]int32
	quiet          int32 // a block whose differences add up to no more keeps only its mean
}

func newQuantiser(qp int) quantiser {
	q := quantiser{qp: qp, scale: quantTable[qp%6], rescale: dequantTable[qp%6]}
	// A coefficient is at most 4, 2 or 1 times the sum of the differences.
	shift := 15 + qp/6
	q.quiet = (1<<shift - 1<<shift/3 - 1) / max(4*q.scale[1], 2*q.scale[2], q.scale[0])
	return q
}

// chromaQuantiser is coarser than that of luma only at coarse steps.
func chromaQuantiser(qp int) quantiser {
	if qp >= 30 {
		qp = [22]int{29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39}[qp-30]
	}
	return newQuantiser(qp)
}

// level quantises one coefficient; extra is 1 for means, which carry one bit
// more.
func (q quantiser) level(v int32, place int, extra uint) int32 {
	shift := uint(15+q.qp/6) + extra
	round := int64(1) << shift / 3 // below a half: small noise becomes nothing
	if v < 0 {
		return -int32((int64(-v)*int64(q.scale[place]) + round) >> shift)
	}
	return int32((int64(v)*int64(q.scale[place]) + round) >> shift)
}

// value is what a decoder makes of a level.
func (q quantiser) value(level int32, place int) int32 {
	return level * q.rescale[place] << (q.qp / 6)
}

// lumaMean is what a decoder makes of a mean after the Hadamard transform.
func (q quantiser) lumaMean(v int32) int32 {
	if q.qp >= 12 {
		return v * q.rescale[0] << (q.qp/6 - 2)
	}
	return (v*q.rescale[0] + 1<<(1-q.qp/6)) >> (2 - q.qp/6)
}

// chromaMean is the same for chroma.
func (q quantiser) chromaMean(v int32) int32 { return v * q.rescale[0] << (q.qp / 6) >> 1 }
