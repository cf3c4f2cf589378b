package picture

// mountains are snowy peaks over hills; without actors a lake mirrors them.
func (s *scene) mountains() {
	far := s.rolling(s.horizon-s.u*0.04, s.u*0.07, s.u*0.7)
	s.hill(far, flat(s.layer(0).to(s.pal.skyBottom, 0.45)))
	shore := s.horizon + (s.ground-s.horizon)*0.42
	n := max(2, s.count(2.4))
	for i := range n { // from the outside to the middle, so that the highest is in front
		k := i / 2
		if i%2 == 1 {
			k = n - 1 - i/2
		}
		x := s.wide * (float64(k) + s.between(0.25, 0.75)) / float64(n)
		tall := s.u * s.between(0.30, 0.44)
		if len(s.roles) == 0 {
			tall *= 1.2
		}
		s.peak(x, shore, tall*1.25, tall, s.layer(0.28+0.12*s.Float64()))
	}
	s.bank(shore)
	if len(s.roles) == 0 || s.afloat() {
		s.lake(shore)
		return
	}
	for i := range 3 {
		t := 0.55 + 0.225*float64(i)
		y := shore + (s.ground-shore)*float64(i)*0.42 + s.u*0.03
		r := s.rolling(y, s.u*0.02, s.u*s.between(0.9, 1.5))
		c := s.layer(t)
		if i < 2 {
			s.grove(r, s.count(4), s.u*(0.07+0.04*float64(i)), s.wood(t).darker(0.2))
		}
		s.hill(r, fade(c, c.darker(0.08), y, y+s.u*0.3))
	}
}

// peak is a mountain with a lit and a dark side and snow on its top.
func (s *scene) peak(x, base, half, tall float64, c ink) {
	top := base - tall
	jag := func(px, py float64) point {
		return point{px + s.u*s.between(-0.012, 0.012), py + s.u*s.between(-0.012, 0.012)}
	}
	left := []point{jag(x-half*0.72, base-tall*0.3), jag(x-half*0.45, base-tall*0.5), jag(x-half*0.2, base-tall*0.82)}
	right := []point{jag(x+half*0.18, base-tall*0.84), jag(x+half*0.42, base-tall*0.56), jag(x+half*0.7, base-tall*0.3)}
	body := append(append(append([]point{{x - half, base}}, left...), point{x, top}), right...)
	body = append(body, point{x + half, base})
	inside := [][]point{body}
	s.fill(inside, nil, flat(c))

	snow := rgb(0xf7fbff).to(s.pal.skyBottom, 0.15)
	if s.hour == night {
		snow = snow.to(s.pal.skyTop, 0.35)
	}
	line := base - tall*s.between(0.55, 0.66)
	cap := []point{{x - half, line - tall*0.1}, {x - half, top - tall}, {x + half, top - tall}, {x + half, line - tall*0.1}}
	for i := 11; i > 0; i-- { // the snow ends in teeth
		px := x - half*0.55 + half*1.1*float64(i)/11
		drop := tall * s.between(0.02, 0.06)
		if i%2 == 0 {
			drop = -tall * s.between(0.04, 0.1)
		}
		cap = append(cap, point{px, line + drop})
	}
	s.fill([][]point{cap}, inside, flat(snow))

	dark := []point{{x, top}, jag(x+half*0.09, base-tall*0.8), jag(x-half*0.05, base-tall*0.6), jag(x+half*0.12, base-tall*0.4), jag(x-half*0.02, base-tall*0.2), {x + half*0.16, base}, {x + half*1.1, base}, {x + half*1.1, top}}
	s.fill([][]point{dark}, inside, flat(c.darker(0.75).alpha(0.26)))
}

// bank draws a dark line of woods at the foot of the mountains.
func (s *scene) bank(y float64) {
	r := s.rolling(y-s.u*0.012, s.u*0.012, s.u*0.5)
	c := s.layer(0.62)
	step := s.u * 0.03
	for x := -step; x < s.wide+step; x += step * s.between(0.5, 1.1) {
		s.pine(x, r(x)+s.u*0.012, s.u*s.between(0.035, 0.075), s.wood(0.62).darker(s.between(0.04, 0.2)))
	}
	s.hill(r, flat(c))
}

// lake mirrors the sky below y, with still streaks.
func (s *scene) lake(y float64) {
	y += s.u * 0.018
	s.water = fade(s.pal.waterFar.to(s.pal.skyBottom, 0.3), s.pal.water, y, s.high)
	s.wash(y, s.high, s.water)
	for range s.count(26) {
		py := y + (s.high-y)*s.Float64()
		half := s.u * s.between(0.03, 0.14) * (0.4 + (py-y)/(s.high-y))
		s.oval(s.wide*s.Float64(), py, half, max(0.6, s.u*0.0022), flat(s.pal.skyBottom.lighter(0.4).alpha(s.between(0.15, 0.4))))
	}
	s.glitter(y)
}

// wake draws water over the keel of a boat on the lake at (x, y).
func (s *scene) wake(x, y, tall float64) {
	s.oval(x, y+tall*0.17, tall*0.95, tall*0.12, s.water)
	streak := flat(s.pal.skyBottom.lighter(0.4).alpha(0.45))
	s.oval(x-tall*0.1, y+tall*0.055, tall*0.62, max(0.6, tall*0.012), streak)
	s.oval(x+tall*0.2, y+tall*0.12, tall*0.4, max(0.6, tall*0.01), streak)
}
