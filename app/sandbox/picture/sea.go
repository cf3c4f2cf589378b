package picture

import "math"

// waterline is the y of floating boats.
func (s *scene) waterline() float64 {
	if s.place == sea || s.place == mountain {
		return s.ground - s.u*0.02
	}
	return s.ground
}

// sea is open water up to the horizon.
func (s *scene) sea() {
	y := s.horizon
	if s.IntN(2) == 0 { // islands far away
		r := s.rolling(y+s.u*0.02, s.u*0.06, s.u*s.between(0.7, 1.1))
		s.hill(r, flat(s.layer(0).to(s.pal.skyBottom, 0.3)))
	}
	s.wash(y, s.high, fade(s.pal.waterFar, s.pal.water, y, s.high))
	for i := range 3 {
		t := float64(i) / 3
		wy := y + (s.ground-y)*(0.25+0.25*float64(i))
		s.swell(wy, s.u*(0.006+0.008*t), s.u*(0.16+0.12*t), s.pal.waterFar.to(s.pal.water, 0.3+0.5*t))
	}
	s.glitter(y)
}

// swell is one band of waves with a bright crest.
func (s *scene) swell(y, amp, wave float64, c ink) {
	k, a, b := 2*math.Pi/wave, s.between(0, 6.28), s.between(0, 6.28)
	r := func(x float64) float64 {
		return y - amp*(0.35+0.65*math.Abs(math.Sin(x*k*0.31+b)))*math.Sin(x*k+a)
	}
	up := func(x float64) float64 { return r(x) - s.u*0.005 }
	s.hill(up, flat(c.lighter(0.3)))
	s.hill(r, fade(c, c.darker(0.08), y, y+s.u*0.2))
}

// waves draws waves in front of the actors.
func (s *scene) waves() {
	y := s.waterline()
	s.swell(y+s.u*0.012, s.u*0.016, s.u*0.34, s.pal.water.lighter(0.06))
	s.swell(y+s.u*0.085, s.u*0.02, s.u*0.42, s.pal.water.darker(0.06))
	s.swell(y+s.u*0.16, s.u*0.022, s.u*0.5, s.pal.water.darker(0.14))
	for range s.count(10) {
		x, fy := s.wide*s.Float64(), y+s.u*s.between(0.05, 0.2)
		half := s.u * s.between(0.012, 0.035)
		line := make([]point, 9)
		for i := range line {
			t := float64(i)/4 - 1
			line[i] = point{x + t*half, fy - half*0.18*math.Cos(t*math.Pi/2)}
		}
		s.stroke(flat(rgb(0xffffff).alpha(0.35)), s.u*0.004, s.u*0.004, line...)
	}
}

// glitter draws the reflection of the sun or moon on water.
func (s *scene) glitter(y float64) {
	x := s.lightX
	if s.weather == rain {
		return
	}
	for i := range 16 {
		t := float64(i) / 16
		half := s.u * (0.05 + 0.05*t) * s.between(0.3, 1)
		gy := y + (s.high-y)*t*0.8 + s.u*0.008
		s.oval(x+s.u*s.between(-0.03, 0.03), gy, half, max(0.6, s.u*0.0035), flat(s.pal.light.alpha(0.55*(1-t)+0.1)))
	}
}

// islet draws an island under an actor at sea.
func (s *scene) islet(x, y, tall float64) {
	sand := rgb(0xf0d9a8).to(s.pal.near, 0.2)
	if s.hour == night {
		sand = sand.to(s.pal.near, 0.5)
	}
	s.oval(x, y+tall*0.13, tall*0.85, tall*0.2, flat(sand.darker(0.12)))
	s.oval(x, y+tall*0.11, tall*0.82, tall*0.19, flat(sand))
	s.shadow(x, y, tall*0.4)
}
