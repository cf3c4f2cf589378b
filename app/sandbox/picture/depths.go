package picture

import "math"

// depths is the bottom of a warm sea, lit from above.
func (s *scene) depths() {
	top, bottom := rgb(0x7fd8e0), rgb(0x12507c)
	if s.hour == night {
		top, bottom = rgb(0x2f6f9c), rgb(0x0c1f4c)
	}
	s.wash(0, s.high, fade(top, bottom, 0, s.high))
	for range s.count(5) { // shafts of light
		x, w := s.wide*s.between(-0.1, 1), s.u*s.between(0.05, 0.14)
		s.polygon(fade(rgb(0xffffff).alpha(0.2), rgb(0xffffff).alpha(0), 0, s.high*0.85), point{x, 0}, point{x + w, 0}, point{x + w*2.2 + s.u*0.3, s.high}, point{x + s.u*0.3, s.high})
	}
	for range 3 {
		s.school(s.wide*s.Float64(), s.high*s.between(0.15, 0.6), top.to(bottom, 0.55))
	}
	far := s.rolling(s.high*0.84, s.u*0.05, s.u*0.8)
	for range s.count(6) {
		x := s.wide * s.Float64()
		s.weed(x, far(x)+s.u*0.02, s.u*s.between(0.15, 0.3), bottom.to(rgb(0x2f9e78), 0.35))
	}
	s.hill(far, flat(bottom.to(rgb(0xe8cf9a), 0.3)))
	near := s.rolling(s.high*0.92, s.u*0.025, s.u*1.1)
	s.hill(near, flat(bottom.to(rgb(0xe8cf9a), 0.62)))
	for range s.count(9) {
		x := s.wide * s.Float64()
		if s.IntN(3) == 0 {
			s.coral(x, near(x)+s.u*0.02, s.u*s.between(0.1, 0.17), rgb(pick(s, []uint32{0xf2768a, 0xf2a65a, 0xb28be0})))
			continue
		}
		s.weed(x, near(x)+s.u*0.02, s.u*s.between(0.12, 0.34), rgb(pick(s, []uint32{0x3fae7f, 0x2f8f86, 0x6fbf6a})))
	}
}

// weed is one swaying leaf of kelp.
func (s *scene) weed(x, y, tall float64, c ink) {
	line := make([]point, 17)
	phase, sway := s.between(0, 6), tall*s.between(0.05, 0.1)
	for i := range line {
		t := float64(i) / 16
		line[i] = point{x + sway*t*math.Sin(phase+t*6), y - tall*t}
	}
	s.stroke(flat(c), tall*0.12, tall*0.03, line...)
}

// coral branches twice.
func (s *scene) coral(x, y, tall float64, c ink) {
	for i := range 5 {
		a := -1.0 + 0.5*float64(i) + s.between(-0.12, 0.12)
		long := tall * (1 - 0.25*math.Abs(a))
		sin, cos := math.Sincos(a * 0.8)
		tip := point{x + sin*long, y - cos*long}
		s.stroke(flat(c.darker(0.05*float64(i))), tall*0.16, tall*0.1, point{x, y}, point{x + sin*long*0.4, y - long*0.5}, tip)
	}
}

// school is a few small fish far away.
func (s *scene) school(x, y float64, c ink) {
	for range 6 {
		r := s.u * s.between(0.012, 0.02)
		fx, fy := x+s.u*s.between(-0.12, 0.12), y+s.u*s.between(-0.06, 0.06)
		s.oval(fx, fy, r, r*0.45, flat(c))
		s.polygon(flat(c), point{fx - r*0.7, fy}, point{fx - r*1.5, fy - r*0.45}, point{fx - r*1.5, fy + r*0.45})
	}
}

// bubbles draws bubbles in front of the actors.
func (s *scene) bubbles() {
	for range s.count(22) {
		x, y, r := s.wide*s.Float64(), s.high*s.between(0.05, 0.9), s.u*s.between(0.004, 0.016)
		s.oval(x, y, r, r, flat(rgb(0xffffff).alpha(0.28)))
		s.oval(x-r*0.3, y-r*0.3, r*0.3, r*0.3, flat(rgb(0xffffff).alpha(0.75)))
	}
}
