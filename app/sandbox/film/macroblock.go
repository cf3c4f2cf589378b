package film

// pixels16 and pixels8 are the sizes of a macroblock's planes.
const (
	pixels16 = 16 * 16
	pixels8  = 8 * 8
)

// macroblock is one block of 16 by 16 pixels between its source and its bits.
type macroblock struct {
	src, pred [3][]uint8 // luma 16x16, chroma 8x8 each
	spare     []uint8
	edges     edges

	lumaMode, chromaMode mode
	means                block     // levels of the luma means
	detail               [16]block // levels of the luma blocks, by row
	chromaMeans          [2][4]int32
	chromaDetail         [2][4]block
	hasDetail            bool // some luma level but the means
	chromaBits           int  // 0 nothing, 1 means only, 2 all
}

func newMacroblock() *macroblock {
	m := &macroblock{spare: make([]uint8, pixels16)}
	for i, n := range []int{pixels16, pixels8, pixels8} {
		m.src[i], m.pred[i] = make([]uint8, n), make([]uint8, n)
	}
	return m
}

// codeLuma predicts, transforms and quantises the brightness, and writes what
// a decoder will see to rec at (x, y).
func (m *macroblock) codeLuma(q quantiser, rec plane, x, y, first int) {
	m.edges.look(rec, x, y, 16, first)
	m.lumaMode = m.edges.best(m.src[0], m.pred[0], m.spare)
	m.hasDetail = false
	for i := range m.detail {
		var loud bool
		m.means[i], loud = m.detail[i].code(q, m.src[0], m.pred[0], i%4*4, i/4*4, 16)
		m.hasDetail = m.hasDetail || loud
	}
	m.means.hadamard()
	for i, v := range m.means {
		m.means[i] = q.level(half(v), 0, 1)
	}
	back := m.means
	back.hadamard()
	for i := range m.detail {
		m.detail[i].decode(q, q.lumaMean(back[i]), rec, m.pred[0], x, y, i%4*4, i/4*4, 16)
	}
}

// codeChroma does the same for both colour planes, which share their mode.
func (m *macroblock) codeChroma(q quantiser, rec *planes, x, y, first int) {
	m.chromaBits = 0
	for c := range 2 {
		m.edges.look(rec[1+c], x, y, 8, first)
		if c == 0 {
			m.chromaMode = m.edges.best(m.src[1], m.pred[1], m.spare[:pixels8])
		} else {
			m.edges.predict(m.chromaMode, m.pred[2])
		}
		means := &m.chromaMeans[c]
		for i := range m.chromaDetail[c] {
			var loud bool
			means[i], loud = m.chromaDetail[c][i].code(q, m.src[1+c], m.pred[1+c], i%2*4, i/2*4, 8)
			if loud {
				m.chromaBits = 2
			}
		}
		hadamard2(means)
		for i, v := range means {
			if means[i] = q.level(v, 0, 1); means[i] != 0 {
				m.chromaBits = max(m.chromaBits, 1)
			}
		}
		back := *means
		hadamard2(&back)
		for i := range m.chromaDetail[c] {
			m.chromaDetail[c][i].decode(q, q.chromaMean(back[i]), rec[1+c], m.pred[1+c], x, y, i%2*4, i/2*4, 8)
		}
	}
}

// half halves; odd values are rounded away from zero.
func half(v int32) int32 {
	if v < 0 {
		return -((1 - v) >> 1)
	}
	return (v + 1) >> 1
}
