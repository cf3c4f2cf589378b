package picture

import "math"

// row accumulates the signed coverage of one row of pixels: acc[x] is by how
// much the cover of pixel x differs from that of pixel x-1.
type row struct {
	acc    []float32
	lo, hi int   // the cells that scan touched
	next   int   // first edge that no row has met yet
	active []int // edges that cross the current row
}

func (r *row) rewind() { r.next, r.active = 0, r.active[:0] }

// scan adds up the edges that cross row y. Rows must come from top to bottom.
func (r *row) scan(edges []edge, y, w int) {
	top, bottom := float64(y), float64(y+1)
	for r.next < len(edges) && edges[r.next].y0 < bottom {
		r.active = append(r.active, r.next)
		r.next++
	}
	r.lo, r.hi = w, 0
	kept := r.active[:0]
	for _, i := range r.active {
		e := &edges[i]
		if e.y1 <= top {
			continue
		}
		y0, y1 := max(e.y0, top), min(e.y1, bottom)
		x0 := min(max(e.x+(y0-e.y0)*e.dxdy, 0), float64(w))
		x1 := min(max(e.x+(y1-e.y0)*e.dxdy, 0), float64(w))
		r.add(min(x0, x1), max(x0, x1), float32(y1-y0)*e.dir)
		if e.y1 > bottom {
			kept = append(kept, i)
		}
	}
	r.active = kept
}

// add accounts for an edge that runs from x0 to x1 within the row and spans d
// of its height; what lies right of it is covered.
func (r *row) add(x0, x1 float64, d float32) {
	i0, i1 := int(x0), int(math.Ceil(x1))
	r.lo = min(r.lo, i0)
	r.hi = max(r.hi, i1+1, i0+2)
	if i1 <= i0+1 { // within one pixel
		right := d * float32((x0+x1)/2-float64(i0))
		r.acc[i0] += d - right
		r.acc[i0+1] += right
		return
	}
	slope := 1 / (x1 - x0)
	before := 0.0
	for i := i0; i < i1; i++ {
		a, b := max(x0, float64(i)), min(x1, float64(i+1))
		ta, tb := (a-x0)*slope, (b-x0)*slope // share of the height left of a and b
		cover := (ta+tb)/2*(b-a) + tb*(float64(i+1)-b)
		r.acc[i] += d * float32(cover-before)
		before = cover
	}
	r.acc[i1] += d * float32(1-before)
}

// eachRun turns the cells into cover, 0 to 1, calls f for each run of pixels
// with the same, and clears the cells.
func (r *row) eachRun(w int, f func(x0, x1 int, cover float32)) {
	sum := float32(0)
	hi := min(r.hi, w)
	for x := r.lo; x < hi; {
		sum += r.acc[x]
		start := x
		for x++; x < hi && r.acc[x] == 0; x++ {
		}
		if c := snap(sum); c > 0 {
			f(start, x, c)
		}
	}
	r.clear()
}

// integrate replaces the cells by the cover itself.
func (r *row) integrate(w int) {
	sum := float32(0)
	for x := r.lo; x < min(r.hi, w); x++ {
		sum += r.acc[x]
		r.acc[x] = snap(sum)
	}
}

// clear makes the row ready for the next scan.
func (r *row) clear() {
	if r.lo < r.hi {
		clear(r.acc[r.lo:r.hi])
	}
}

// snap is the cover of a sum of signed areas; what rounding left just beside
// 0 or 1 becomes 0 or 1.
func snap(sum float32) float32 {
	if sum < 0 {
		sum = -sum
	}
	switch {
	case sum < 1.0/512:
		return 0
	case sum > 1-1.0/512:
		return 1
	}
	return sum
}
