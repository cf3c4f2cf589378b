package picture

import "math"

// bouquet is three flowers that grow from (x, y).
func (s *scene) bouquet(x, y, tall float64, d *dyes) {
	green := rgb(0x4f9a5f).to(s.pal.near, 0.2)
	for i, f := range []struct{ dx, h, r float64 }{{-0.3, 0.6, 0.13}, {0.3, 0.66, 0.14}, {0, 0.82, 0.18}} {
		cx, cy := x+f.dx*tall, y-f.h*tall
		line := make([]point, 13)
		for j := range line {
			t := float64(j) / 12
			line[j] = point{x + f.dx*tall*(0.12+0.88*math.Sin(t*math.Pi/2)), y - f.h*tall*t}
		}
		s.stroke(flat(green.darker(0.12)), tall*0.026, tall*0.018, line...)
		s.leaf(line[4].x, line[4].y, tall*0.22, -0.5, green)
		s.leaf(line[5].x, line[5].y, tall*0.2, math.Pi+0.6, green.darker(0.08))
		s.bloom(cx, cy, f.r*tall, 0.2*float64(i), d)
	}
}

// bloom is one large flower with two rings of petals.
func (s *scene) bloom(x, y, r, turn float64, d *dyes) {
	for ring, t := range []tone{shadeTone, mainTone} {
		for i := range 9 {
			a := turn + (float64(i)+0.5*float64(ring))*2*math.Pi/9
			m := scaling(x, y, r*(1.06-0.1*float64(ring))).turned(a)
			s.fill(s.outline(m, `M0,0 C0.3,-0.3 0.85,-0.34 1,0 C0.85,0.34 0.3,0.3 0,0 Z`), nil, flat(d[t]))
			if t == mainTone {
				s.fill(s.outline(m, `M0.2,0 C0.4,-0.12 0.7,-0.14 0.86,0 C0.7,0.05 0.4,0.05 0.2,0 Z`), nil, flat(d[lightTone]))
			}
		}
	}
	s.oval(x, y, r*0.34, r*0.34, flat(d[accentShadeTone]))
	s.oval(x-r*0.03, y-r*0.03, r*0.29, r*0.29, flat(d[accentTone]))
	s.oval(x-r*0.1, y-r*0.1, r*0.1, r*0.1, flat(d[accentTone].lighter(0.5)))
}
