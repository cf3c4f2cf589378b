package film

// mode is how a block is predicted from its neighbours. The numbers are those
// of a 16x16 luma block; chroma counts them differently.
type mode int

const (
	fromAbove mode = iota
	fromLeft
	fromMean
)

// chromaMode is the number of each mode in chroma.
var chromaMode = [3]int{fromAbove: 2, fromLeft: 1, fromMean: 0}

// edges are the finished pixels around a block of n by n.
type edges struct {
	n           int
	above, left []uint8 // nil at the border of the picture
	store       [32]uint8
}

// look reads the edges of the block at (x, y) of the plane; first is the x at
// which the picture begins.
func (e *edges) look(p plane, x, y, n, first int) {
	e.n, e.above, e.left = n, nil, nil
	if y > 0 {
		e.above = e.store[:n]
		copy(e.above, p.pix[(y-1)*p.stride+x:])
	}
	if x > first {
		e.left = e.store[16 : 16+n]
		for i := range e.left {
			e.left[i] = p.pix[(y+i)*p.stride+x-1]
		}
	}
}

// predict fills out, n by n, and reports whether the mode is allowed here.
func (e *edges) predict(m mode, out []uint8) bool {
	switch {
	case m == fromAbove && e.above != nil:
		for y := range e.n {
			copy(out[y*e.n:(y+1)*e.n], e.above)
		}
	case m == fromLeft && e.left != nil:
		for y := range e.n {
			for x := range e.n {
				out[y*e.n+x] = e.left[y]
			}
		}
	case m == fromMean && e.n == 16:
		e.square(out, 0, 0, 16, mean(e.above, e.left))
	case m == fromMean:
		e.chromaMeans(out)
	default:
		return false
	}
	return true
}

// chromaMeans predicts each quarter of a chroma block on its own. The quarters
// off the diagonal look at one side only, if they can.
func (e *edges) chromaMeans(out []uint8) {
	half := func(s []uint8, i int) []uint8 {
		if s == nil {
			return nil
		}
		return s[4*i : 4*i+4]
	}
	for i := range 4 {
		x, y := i%2, i/2
		above, left := half(e.above, x), half(e.left, y)
		if x > y && above != nil {
			left = nil
		}
		if y > x && left != nil {
			above = nil
		}
		e.square(out, 4*x, 4*y, 4, mean(above, left))
	}
}

func (e *edges) square(out []uint8, x0, y0, size int, v uint8) {
	for y := y0; y < y0+size; y++ {
		for x := x0; x < x0+size; x++ {
			out[y*e.n+x] = v
		}
	}
}

// mean is that of all given pixels, and 128 of none.
func mean(a, b []uint8) uint8 {
	n := len(a) + len(b)
	if n == 0 {
		return 128
	}
	sum := n / 2
	for _, s := range [][]uint8{a, b} {
		for _, v := range s {
			sum += int(v)
		}
	}
	return uint8(sum / n)
}

// best chooses the allowed mode whose prediction is nearest to src, leaves the
// prediction in out and uses spare for trials.
func (e *edges) best(src, out, spare []uint8) mode {
	chosen, least := fromMean, 1<<30
	for _, m := range []mode{fromMean, fromAbove, fromLeft} {
		if !e.predict(m, spare) {
			continue
		}
		sum := 0
		for i, v := range src {
			d := int(v) - int(spare[i])
			sum += max(d, -d)
		}
		if sum < least {
			chosen, least = m, sum
			copy(out, spare)
		}
	}
	return chosen
}
