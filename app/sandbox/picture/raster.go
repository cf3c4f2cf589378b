package picture

import (
	"encoding/binary"
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

type point struct{ x, y float64 }

// raster fills outlines with anti-aliased edges. It draws a shape in bands of rows,
// so that its memory depends on bandArea and not on the shape.
type raster struct {
	img        *image.RGBA
	w, h       int
	vector     vector.Rasterizer
	mask, clip image.Alpha // of the current band
}

// bandArea is how many pixels of a shape are filled at a time: few enough that
// the rasteriser's buffers stay in the cache of the processor.
const bandArea = 1 << 16

func newRaster(img *image.RGBA) *raster {
	b := img.Bounds()
	return &raster{img: img, w: b.Dx(), h: b.Dy()}
}

// fill paints the inside of the closed outlines that is also inside clip; nil is no
// clip. Where outlines of the same direction overlap, it paints once.
func (r *raster) fill(outlines, clip [][]point, p paint) {
	box := extent(outlines).Intersect(image.Rect(0, 0, r.w, r.h))
	if clip != nil {
		box = box.Intersect(extent(clip))
	}
	if box.Empty() {
		return
	}
	rows := max(1, bandArea/box.Dx())
	for band := box; band.Min.Y < box.Max.Y; band.Min.Y += rows {
		band.Max.Y = min(band.Min.Y+rows, box.Max.Y)
		r.cover(&r.mask, band, outlines)
		if clip != nil {
			r.cover(&r.clip, band, clip)
			for i, c := range r.clip.Pix {
				r.mask.Pix[i] = uint8((uint32(r.mask.Pix[i])*uint32(c) + 127) / 255)
			}
		}
		for y := band.Min.Y; y < band.Max.Y; y++ {
			r.blend(y, band.Min.X, r.mask.Pix[(y-band.Min.Y)*r.mask.Stride:][:r.mask.Stride], p.at(y))
		}
	}
}

// cover sets mask to how much of each pixel of the band the outlines cover.
func (r *raster) cover(mask *image.Alpha, band image.Rectangle, outlines [][]point) {
	size := image.Rectangle{Max: band.Size()}
	if n := size.Dx() * size.Dy(); n > cap(mask.Pix) {
		mask.Pix = make([]uint8, n)
	} else {
		mask.Pix = mask.Pix[:n]
	}
	mask.Stride, mask.Rect = size.Dx(), size
	r.vector.Reset(size.Dx(), size.Dy())
	r.vector.DrawOp = draw.Src
	x0, y0 := float64(band.Min.X), float64(band.Min.Y)
	for _, o := range outlines {
		for i, p := range o {
			if x, y := float32(p.x-x0), float32(p.y-y0); i == 0 {
				r.vector.MoveTo(x, y)
			} else {
				r.vector.LineTo(x, y)
			}
		}
		r.vector.ClosePath()
	}
	r.vector.Draw(mask, size, image.Opaque, image.Point{})
}

// blend paints a row from x on; mask is the cover of each pixel.
func (r *raster) blend(y, x int, mask []uint8, c ink) {
	for i := 0; i < len(mask); {
		cover, start := mask[i], i
		eight := uint64(cover) * 0x0101010101010101 // most runs of equal cover are long: compare 8 pixels at a time
		for i+8 <= len(mask) && binary.LittleEndian.Uint64(mask[i:]) == eight {
			i += 8
		}
		for i < len(mask) && mask[i] == cover {
			i++
		}
		r.span(y, x+start, x+i, c, cover)
	}
}

// span blends one colour over the pixels x0 to x1 of a row.
func (r *raster) span(y, x0, x1 int, c ink, cover uint8) {
	a := (uint32(c.a)*uint32(cover) + 127) / 255
	if a == 0 || x0 >= x1 {
		return
	}
	pix := r.img.Pix[y*r.img.Stride+4*x0 : y*r.img.Stride+4*x1]
	if a == 255 {
		pix[0], pix[1], pix[2], pix[3] = c.r, c.g, c.b, 255
		for n := 4; n < len(pix); n *= 2 {
			copy(pix[n:], pix[:n])
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

// extent is the smallest rectangle of whole pixels around the outlines.
func extent(outlines [][]point) image.Rectangle {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, o := range outlines {
		for _, p := range o {
			lo = point{min(lo.x, p.x), min(lo.y, p.y)}
			hi = point{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	if lo.x > hi.x {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x)), int(math.Ceil(hi.y)))
}
