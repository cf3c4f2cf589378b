package film

import (
	"image"
	"image/draw"
)

// overlay is a caption that stays in its place while the picture moves below.
type overlay struct {
	area  image.Rectangle // in the picture; even, because chroma is halved
	text  *planes         // premultiplied
	cover [3][]uint8      // alpha of each value of the planes
}

// newOverlay lays img into a picture with its corner at the given point.
func newOverlay(img *image.RGBA, at image.Point) *overlay {
	area := img.Rect.Add(at)
	area.Min.X, area.Min.Y = area.Min.X&^1, area.Min.Y&^1
	area.Max.X, area.Max.Y = (area.Max.X+1)&^1, (area.Max.Y+1)&^1
	w, h := area.Dx(), area.Dy()
	even := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(even, img.Rect.Add(at.Sub(area.Min)), img, img.Rect.Min, draw.Src)

	o := &overlay{area: area, text: toPlanes(even, w, h)}
	alpha := func(x, y int) int { return int(even.Pix[even.PixOffset(x, y)+3]) }
	for y := range h {
		for x := range w {
			o.cover[0] = append(o.cover[0], uint8(alpha(x, y)))
		}
	}
	for y := 0; y < h; y += 2 {
		for x := 0; x < w; x += 2 {
			o.cover[1] = append(o.cover[1], uint8((alpha(x, y)+alpha(x+1, y)+alpha(x, y+1)+alpha(x+1, y+1)+2)/4))
		}
	}
	o.cover[2] = o.cover[1]
	return o
}

// touches tells whether the macroblock at (x, y) shows a part of the overlay
// or would copy one, now that the camera has moved.
func (o *overlay) touches(x, y, motion int) bool {
	a := o.area
	a.Min.X -= motion
	return a.Overlaps(image.Rect(x, y, x+16, y+16))
}

// blend draws the overlay over the source of the macroblock at (x, y).
func (o *overlay) blend(src *[3][]uint8, x, y int) {
	for c := range src {
		n, black, area := 16, 16, o.area
		if c > 0 {
			n, black = 8, 128
			area = image.Rect(area.Min.X/2, area.Min.Y/2, area.Max.X/2, area.Max.Y/2)
		}
		corner := image.Pt(x*n/16, y*n/16)
		both := area.Intersect(image.Rectangle{corner, corner.Add(image.Pt(n, n))})
		for py := both.Min.Y; py < both.Max.Y; py++ {
			for px := both.Min.X; px < both.Max.X; px++ {
				at := (py-area.Min.Y)*area.Dx() + px - area.Min.X
				v := &src[c][(py-corner.Y)*n+px-corner.X]
				below := (int(*v) - black) * (255 - int(o.cover[c][at])) / 255
				*v = uint8(min(max(int(o.text[c].pix[at])+below, 0), 255))
			}
		}
	}
}
