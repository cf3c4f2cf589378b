package picture

import "math"

// ridge is the upper edge of a hill: y at every x.
type ridge func(x float64) float64

// rolling is a ridge of three waves around y, high at most amp.
func (s *scene) rolling(y, amp, wave float64) ridge {
	a, b, c := s.between(0, 6.28), s.between(0, 6.28), s.between(0, 6.28)
	k := 2 * math.Pi / wave
	return func(x float64) float64 {
		return y - amp*(0.6*math.Sin(x*k+a)+0.28*math.Sin(x*k*2.3+b)+0.12*math.Sin(x*k*4.7+c))
	}
}

// hill fills everything below the ridge.
func (s *scene) hill(r ridge, p paint) {
	step := max(2, s.u/160)
	pts := []point{{s.wide + step, s.high + 1}, {-step, s.high + 1}}
	for x := -step; x <= s.wide+step; x += step {
		pts = append(pts, point{x, r(x)})
	}
	s.polygon(p, pts...)
}

// meadow is hills behind hills, with trees here and there.
func (s *scene) meadow() {
	const layers = 5
	for i := range layers {
		t := float64(i) / (layers - 1)
		y := s.horizon + (s.ground-s.horizon)*math.Pow(t, 1.2)*0.92
		r := s.rolling(y, s.u*(0.055-0.025*t), s.u*s.between(0.9, 1.6))
		c := s.layer(t)
		s.hill(r, fade(c, c.darker(0.1), y-s.u*0.05, y+s.u*0.3))
		if i < layers-1 {
			s.grove(r, s.count(s.between(3, 7)), s.u*(0.035+0.075*t), s.wood(t).darker(0.16+0.05*t))
		}
	}
}

// grove sets trees on a ridge, in loose groups.
func (s *scene) grove(r ridge, n int, tall float64, c ink) {
	middle := s.wide * s.Float64()
	for range n {
		if s.IntN(3) == 0 {
			middle = s.wide * s.Float64()
		}
		x := middle + s.u*s.between(-0.16, 0.16)
		if h := tall * s.between(0.7, 1.25); s.IntN(2) == 0 {
			s.pine(x, r(x)+h*0.04, h*1.2, c)
		} else {
			s.bush(x, r(x)+h*0.04, h, c)
		}
	}
}

// pine is a fir of three storeys, lit from the left.
func (s *scene) pine(x, y, tall float64, c ink) {
	m := scaling(x, y, tall)
	s.fill(s.outline(m, `M-0.04,-0.2 L0.04,-0.2 L0.04,0 L-0.04,0 Z`), nil, flat(c.darker(0.35)))
	s.fill(s.outline(m, `M0,-1 L0.17,-0.68 L0.10,-0.69 L0.24,-0.4 L0.14,-0.41 L0.3,-0.1 L-0.3,-0.1 L-0.14,-0.41 L-0.24,-0.4 L-0.10,-0.69 L-0.17,-0.68 Z`), nil, flat(c))
	s.fill(s.outline(m, `M0,-1 L0.17,-0.68 L0.10,-0.69 L0.24,-0.4 L0.14,-0.41 L0.3,-0.1 L0.06,-0.1 Z`), nil, flat(c.darker(0.14)))
	if s.weather == snow {
		s.fill(s.outline(m, `M0,-1 L0.14,-0.74 L0.05,-0.78 L0,-0.72 L-0.06,-0.79 L-0.14,-0.74 Z M-0.17,-0.56 L-0.21,-0.46 L-0.1,-0.5 L-0.03,-0.44 L0.02,-0.52 L-0.11,-0.66 Z`), nil, flat(rgb(0xffffff).alpha(0.85)))
	}
}

// bush is a round tree.
func (s *scene) bush(x, y, tall float64, c ink) {
	s.stroke(flat(c.darker(0.35)), tall*0.09, tall*0.06, point{x, y}, point{x, y - tall*0.5})
	s.oval(x, y-tall*0.62, tall*0.32, tall*0.4, flat(c))
	s.fill(s.outline(scaling(x, y-tall*0.62, tall), `M0.05,-0.395 C0.24,-0.36 0.32,-0.2 0.32,0 C0.32,0.22 0.18,0.4 0,0.4 C-0.08,0.4 -0.14,0.37 -0.2,0.32 C0.14,0.34 0.24,-0.1 0.05,-0.395 Z`), nil, flat(c.darker(0.14)))
	if s.weather == snow {
		s.fill(s.outline(scaling(x, y-tall*0.62, tall), `M-0.29,-0.17 C-0.2,-0.46 0.2,-0.5 0.29,-0.17 C0.2,-0.22 0.14,-0.1 0.06,-0.16 C-0.02,-0.22 -0.1,-0.06 -0.16,-0.14 C-0.2,-0.19 -0.25,-0.12 -0.29,-0.17 Z`), nil, flat(rgb(0xffffff).alpha(0.85)))
	}
}

// dunes are hills of sand with cacti.
func (s *scene) dunes() {
	const layers = 4
	for i := range layers {
		t := float64(i) / (layers - 1)
		y := s.horizon + (s.ground-s.horizon)*t*0.9
		r := s.rolling(y, s.u*0.06, s.u*s.between(1.2, 2))
		c := s.layer(t)
		s.hill(r, fade(c.lighter(0.1), c, y-s.u*0.06, y+s.u*0.12))
		if i > 0 && i < layers-1 {
			for range s.count(2) {
				x := s.wide * s.Float64()
				s.cactus(x, r(x)+s.u*0.01, s.u*(0.07+0.1*t))
			}
		}
	}
}

func (s *scene) cactus(x, y, tall float64) {
	c := rgb(0x4f8f6b).to(s.pal.near, 0.3)
	if s.hour == night {
		c = c.darker(0.4)
	}
	w := tall * 0.16
	s.stroke(flat(c), w, w, point{x, y}, point{x, y - tall})
	s.stroke(flat(c), w*0.7, w*0.7, point{x, y - tall*0.4}, point{x - tall*0.2, y - tall*0.42}, point{x - tall*0.25, y - tall*0.5}, point{x - tall*0.25, y - tall*0.72})
	s.stroke(flat(c), w*0.7, w*0.7, point{x, y - tall*0.3}, point{x + tall*0.18, y - tall*0.32}, point{x + tall*0.23, y - tall*0.4}, point{x + tall*0.23, y - tall*0.58})
}

// sand draws the ground of a desert in front of the actors.
func (s *scene) sand() {
	for range s.count(9) {
		x, y := s.wide*s.Float64(), s.ground+(s.high-s.ground)*s.between(0.35, 1)
		r := s.u * s.between(0.006, 0.016)
		s.oval(x, y, r, r*0.6, flat(s.pal.near.darker(s.between(0.15, 0.3))))
	}
}
