package film

// encoder codes the pictures of a film one after another.
//
// The camera moves over a landscape that is wider than the picture, always by
// whole pixels of chroma, so that a decoder copies moved pixels exactly. The
// decoded landscape is therefore kept once, in the coordinates of the
// landscape, and each picture adds only its new macroblocks.
type encoder struct {
	format
	src, rec *planes
	overlay  *overlay
	luma     quantiser
	chroma   quantiser
	mb       *macroblock
	bits     bitWriter
	number   int // of the picture
	offset   int // of the camera, pixels from the left
	counts   [3][]uint8
	kinds    []kind
}

// kind is how a macroblock of the current picture was coded.
type kind uint8

const (
	notYet kind = iota
	intra       // anew, from its neighbours
	moved       // copied from the picture before, by the camera's motion
)

func newEncoder(f format, src *planes, o *overlay) *encoder {
	e := &encoder{
		format: f, src: src, overlay: o,
		rec:  newPlanes(src[0].stride, len(src[0].pix)/src[0].stride),
		luma: newQuantiser(quant), chroma: chromaQuantiser(quant),
		mb:    newMacroblock(),
		kinds: make([]kind, f.mbWide*f.mbTal),
	}
	for i, side := range []int{4, 2, 2} { // blocks a macroblock
		e.counts[i] = make([]uint8, f.mbWide*f.mbTal*side*side)
	}
	return e
}

// frame codes the picture that the camera sees at offset and returns it as a
// NAL unit. The first stands alone; later ones refer to the one before.
func (e *encoder) frame(offset int) []byte {
	motion := offset - e.offset
	e.offset = offset
	e.bits.out = e.bits.out[:0]
	clear(e.kinds)
	for _, c := range e.counts {
		clear(c)
	}
	e.header()
	unit := byte(unitSlice)
	switch {
	case e.number == 0:
		unit = unitIDR
		for i := range e.kinds {
			e.intra(i%e.mbWide, i/e.mbWide)
		}
	case motion == 0:
		e.bits.ue(len(e.kinds)) // all as before
	default:
		e.pan(motion)
	}
	e.bits.trail()
	e.number++
	return appendUnit(nil, unit, e.bits.out)
}

// header opens the one slice of a picture.
func (e *encoder) header() {
	b := &e.bits
	b.ue(0) // first macroblock
	if e.number == 0 {
		b.ue(7) // I, as are all slices of the picture
	} else {
		b.ue(5) // P
	}
	b.ue(0) // parameter set
	b.u(8, uint32(e.number))
	if e.number == 0 {
		b.ue(0)       // id of this IDR picture
		b.flag(false) // show the pictures before
		b.flag(false) // not a long-term reference
	} else {
		b.flag(false) // as many references as the parameter set says
		b.flag(false) // in their usual order
		b.flag(false) // forget pictures as usual
	}
	b.se(0) // quantiser as in the parameter set
	b.ue(1) // no smoothing of edges: moved blocks must stay as they are
}

// pan codes a picture that the camera's motion changes: the new pixels on the
// right and what lies under the overlay anew, all else by copying.
func (e *encoder) pan(motion int) {
	skipped := 0
	for i := range e.kinds {
		x, y := i%e.mbWide, i/e.mbWide
		if x == e.mbWide-1 || e.overlay.touches(16*x, 16*y, motion) {
			e.bits.ue(skipped)
			skipped = 0
			e.intra(x, y)
			continue
		}
		// A skipped macroblock takes its motion from its neighbours, but only
		// if it has both; else the motion must be said.
		near := e.near(x, y)
		if x == 0 || y == 0 || !near {
			e.bits.ue(skipped)
			skipped = 0
			e.move(motion, near)
		} else {
			skipped++
		}
		e.kinds[i] = moved
	}
	if skipped > 0 {
		e.bits.ue(skipped)
	}
}

// near tells whether a neighbour that predicts motion was moved: left, above,
// and right above or else left above. All motion of a picture being the same,
// the prediction is then that motion, and else none.
func (e *encoder) near(x, y int) bool {
	at := func(x, y int) kind {
		if x < 0 || y < 0 {
			return notYet
		}
		return e.kinds[y*e.mbWide+x]
	}
	corner := at(x-1, y-1)
	if x+1 < e.mbWide {
		corner = at(x+1, y-1)
	}
	return at(x-1, y) == moved || at(x, y-1) == moved || corner == moved
}

// move writes a macroblock that is copied by the camera's motion.
func (e *encoder) move(motion int, predicted bool) {
	if predicted {
		motion = 0
	}
	e.bits.ue(0)          // one motion for the whole macroblock
	e.bits.se(4 * motion) // in quarter pixels, against the prediction
	e.bits.se(0)
	e.bits.ue(0) // no levels
}
