package picture

import (
	"cmp"
	"encoding/binary"
	"image"
	"slices"
)

type point struct{ x, y float64 }

// edge is one non-horizontal side of an outline, from y0 down to y1.
type edge struct {
	y0, y1  float64
	x, dxdy float64 // x at y0, and its change a row
	dir     float32 // +1 where the outline runs down, -1 where it runs up
}

// raster fills outlines with exact area coverage, one row at a time, so that
// its memory grows with the width of the picture only.
type raster struct {
	img       *image.RGBA
	w, h      int
	fillEdges []edge
	clipEdges []edge
	fillRow   row
	clipRow   row
}

func newRaster(img *image.RGBA) *raster {
	b := img.Bounds()
	r := &raster{img: img, w: b.Dx(), h: b.Dy()}
	r.fillRow.acc = make([]float32, r.w+3)
	r.clipRow.acc = make([]float32, r.w+3)
	return r
}

// fill paints what lies inside the closed outlines, and inside clip where one
// is given. Outlines that overlap in the same direction count once.
func (r *raster) fill(outlines, clip [][]point, p paint) {
	r.fillEdges = appendEdges(r.fillEdges[:0], outlines, r.h)
	r.clipEdges = appendEdges(r.clipEdges[:0], clip, r.h)
	if len(r.fillEdges) == 0 || clip != nil && len(r.clipEdges) == 0 {
		return
	}
	r.fillRow.rewind()
	r.clipRow.rewind()
	end := 0.0
	for _, e := range r.fillEdges {
		end = max(end, e.y1)
	}
	for y := max(0, int(r.fillEdges[0].y0)); y < r.h && float64(y) < end; y++ {
		c := p.at(y)
		r.fillRow.scan(r.fillEdges, y, r.w)
		if clip == nil {
			r.fillRow.eachRun(r.w, func(x0, x1 int, cover float32) { r.span(y, x0, x1, c, cover) })
			continue
		}
		r.clipRow.scan(r.clipEdges, y, r.w)
		r.clipRow.integrate(r.w)
		r.fillRow.eachRun(r.w, func(x0, x1 int, cover float32) {
			for x := max(x0, r.clipRow.lo); x < min(x1, r.clipRow.hi); x++ {
				r.span(y, x, x+1, c, cover*r.clipRow.acc[x])
			}
		})
		r.clipRow.clear()
	}
}

// span blends one colour over the pixels x0 to x1 of a row.
func (r *raster) span(y, x0, x1 int, c ink, cover float32) {
	a := uint32(float32(c.a)*cover + 0.5)
	if a == 0 || x0 >= x1 {
		return
	}
	pix := r.img.Pix[y*r.img.Stride+4*x0 : y*r.img.Stride+4*x1]
	if a == 255 {
		v := uint32(c.r) | uint32(c.g)<<8 | uint32(c.b)<<16 | 0xff000000
		for ; len(pix) >= 4; pix = pix[4:] {
			binary.LittleEndian.PutUint32(pix, v)
		}
		return
	}
	cr, cg, cb, keep := uint32(c.r)*a+127, uint32(c.g)*a+127, uint32(c.b)*a+127, 255-a
	for ; len(pix) >= 4; pix = pix[4:] {
		pix[0] = uint8((uint32(pix[0])*keep + cr) / 255)
		pix[1] = uint8((uint32(pix[1])*keep + cg) / 255)
		pix[2] = uint8((uint32(pix[2])*keep + cb) / 255)
		pix[3] = uint8((uint32(pix[3])*keep + a*255 + 127) / 255)
	}
}

// appendEdges lists the sides of the outlines, sorted from top to bottom, and
// leaves out what lies above or below the picture.
func appendEdges(edges []edge, outlines [][]point, h int) []edge {
	for _, o := range outlines {
		for i, a := range o {
			b := o[(i+1)%len(o)]
			e := edge{dir: 1}
			if a.y > b.y {
				a, b, e.dir = b, a, -1
			}
			if a.y == b.y || b.y <= 0 || a.y >= float64(h) {
				continue
			}
			e.dxdy = (b.x - a.x) / (b.y - a.y)
			if a.y < 0 {
				a = point{a.x - a.y*e.dxdy, 0}
			}
			e.y0, e.y1, e.x = a.y, b.y, a.x
			edges = append(edges, e)
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.y0, b.y0) })
	return edges
}
