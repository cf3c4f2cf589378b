package picture

// ink is a colour that is not premultiplied; a is its opacity, 255 = opaque.
type ink struct{ r, g, b, a uint8 }

// rgb is an opaque ink from 0xrrggbb.
func rgb(v uint32) ink { return ink{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// alpha is the same ink with opacity t, 0 to 1.
func (c ink) alpha(t float64) ink {
	c.a = uint8(t*255 + 0.5)
	return c
}

// to mixes c with d: t = 0 is c, t = 1 is d.
func (c ink) to(d ink, t float64) ink {
	lerp := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*t + 0.5) }
	return ink{lerp(c.r, d.r), lerp(c.g, d.g), lerp(c.b, d.b), lerp(c.a, d.a)}
}

// darker keeps some red and blue, as shadows do; plain black would look dirty.
func (c ink) darker(t float64) ink {
	dim := func(v uint8, by float64) uint8 { return uint8(float64(v)*max(0, 1-t*by) + 0.5) }
	return ink{dim(c.r, 0.85), dim(c.g, 1.15), dim(c.b, 0.9), c.a}
}

func (c ink) lighter(t float64) ink { return c.to(ink{255, 250, 235, c.a}, t) }

// luma is how bright the ink looks, 0 to 255.
func (c ink) luma() int { return (299*int(c.r) + 587*int(c.g) + 114*int(c.b)) / 1000 }

// paint is an ink that may change from top to bottom. Rows of one colour keep
// drawing fast and the PNG small.
type paint struct {
	top, bottom ink
	y0, y1      float64 // pixels; top above y0, bottom below y1
}

func flat(c ink) paint { return paint{top: c, bottom: c} }

func fade(top, bottom ink, y0, y1 float64) paint { return paint{top, bottom, y0, y1} }

// at is the colour of row y.
func (p paint) at(y int) ink {
	if p.top == p.bottom {
		return p.top
	}
	return p.top.to(p.bottom, min(1, max(0, (float64(y)+0.5-p.y0)/(p.y1-p.y0))))
}
