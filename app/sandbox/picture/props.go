package picture

import (
	"image"
	"math"
)

// shadow draws the shadow under an actor.
func (s *scene) shadow(x, y, half float64) {
	s.oval(x, y-half*0.02, half, half*0.13, flat(s.pal.near.darker(0.45).alpha(0.35)))
}

// branch draws a branch from the nearer side to the actor at (x, y).
func (s *scene) branch(x, y float64) {
	from, dir := -0.1*s.u, 1.0
	if x > s.wide/2 {
		from, dir = s.wide+0.1*s.u, -1
	}
	wood := rgb(0x6b4a3f).to(s.pal.near, 0.25)
	end := x + dir*s.u*0.34
	line := make([]point, 0, 25)
	for i := range 25 {
		t := float64(i) / 24
		px := from + (end-from)*t
		line = append(line, point{px, y + s.u*(0.030+0.05*math.Abs(px-x)/s.u*math.Sin(t*5))})
	}
	s.stroke(flat(wood), s.u*0.075, s.u*0.03, line...)
	leaf := s.layer(0.8).to(rgb(0x7fb069), 0.4)
	if s.weather == snow {
		leaf = rgb(0xf2f6fb)
	}
	for range 16 {
		p := line[3+s.IntN(len(line)-3)]
		if math.Abs(p.x-x) < s.u*0.14 {
			continue
		}
		s.leaf(p.x, p.y, s.u*s.between(0.06, 0.1), s.between(-2.6, 2.6), leaf.darker(s.between(0, 0.25)))
	}
}

// leaf is a pointed oval that grows from (x, y).
func (s *scene) leaf(x, y, long, angle float64, c ink) {
	m := scaling(x, y, long).turned(angle)
	s.fill(s.outline(m, `M0,0 C0.3,0.34 0.75,0.3 1,0 C0.75,-0.3 0.3,-0.34 0,0 Z`), nil, flat(c))
	s.fill(s.outline(m, `M0,0 C0.3,-0.34 0.75,-0.3 1,0 Z`), nil, flat(c.lighter(0.15)))
}

// cutRound clears everything outside the largest circle, with a soft edge of
// one pixel.
func cutRound(img *image.RGBA) {
	b := img.Bounds()
	r := float64(min(b.Dx(), b.Dy()))/2 - 1
	cx, cy := float64(b.Dx())/2, float64(b.Dy())/2
	for y := range b.Dy() {
		for x := range b.Dx() {
			keep := r + 0.5 - math.Hypot(float64(x)+0.5-cx, float64(y)+0.5-cy)
			if keep >= 1 {
				continue
			}
			pix := img.Pix[img.PixOffset(x, y):][:4]
			for i := range pix {
				pix[i] = uint8(float64(pix[i]) * max(0, keep))
			}
		}
	}
}
