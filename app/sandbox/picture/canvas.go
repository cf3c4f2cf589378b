package picture

import "image"

// canvas is a raster with methods for the shapes of scenes.
type canvas struct {
	*raster
	wide, high float64
}

func newCanvas(img *image.RGBA) *canvas {
	r := newRaster(img)
	return &canvas{raster: r, wide: float64(r.w), high: float64(r.h)}
}

func (c *canvas) oval(x, y, rx, ry float64, p paint) {
	pen := pen{m: scaling(0, 0, 1)}
	pen.oval(x, y, rx, ry)
	c.fill(pen.out, nil, p)
}

func (c *canvas) polygon(p paint, pts ...point) { c.fill([][]point{pts}, nil, p) }

// stroke draws a line that is w0 pixels wide at its start and w1 at its end.
func (c *canvas) stroke(p paint, w0, w1 float64, pts ...point) {
	c.fill([][]point{ribbon(pts, w0, w1)}, nil, p)
}

// wash paints the rows y0 to y1 over the whole width.
func (c *canvas) wash(y0, y1 float64, p paint) {
	for y := max(0, int(y0)); y < min(c.h, int(y1+0.5)); y++ {
		c.span(y, 0, c.w, p.at(y), 255)
	}
}
