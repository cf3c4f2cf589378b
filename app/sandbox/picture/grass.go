package picture

// grass draws the ground in front of the actors: tufts, blossoms and stones.
func (s *scene) grass() {
	if s.afloat() {
		return
	}
	if s.place == mountain && len(s.roles) == 0 {
		s.shore()
		return
	}
	for range s.count(5) {
		x, y := s.wide*s.Float64(), s.ground+(s.high-s.ground)*s.between(0.3, 0.95)
		r := s.u * s.between(0.01, 0.024)
		stone := rgb(0xb9b4b4).to(s.pal.near, 0.5)
		s.oval(x, y, r, r*0.62, flat(stone.darker(0.15)))
		s.oval(x-r*0.1, y-r*0.12, r*0.8, r*0.46, flat(stone))
	}
	blossom := pick(s, []uint32{0xffffff, 0xffd166, 0xf7a6b8, 0xcbb2f0})
	for range s.count(44) {
		x, y := s.wide*s.Float64(), s.ground+(s.high-s.ground)*s.between(0.2, 1.05)
		if len(s.roles) > 0 && y < s.ground+s.u*0.09 && x > s.wide*0.3 && x < s.wide*0.7 {
			continue // not over the actors' feet
		}
		if s.weather != snow && s.IntN(3) == 0 {
			s.blossom(x, y, s.u*s.between(0.007, 0.012), rgb(blossom))
			continue
		}
		s.tuft(x, y, s.u*s.between(0.018, 0.04))
	}
}

// tuft is three blades of grass.
func (s *scene) tuft(x, y, tall float64) {
	c := flat(s.pal.tree.darker(0.2))
	if s.Float64() < 0.4 {
		c = flat(s.pal.tree.lighter(0.14))
	}
	for _, lean := range []float64{-0.45, 0.02, 0.42} {
		s.stroke(c, tall*0.16, tall*0.02, point{x + lean*tall*0.2, y}, point{x + lean*tall*0.5, y - tall*0.6}, point{x + lean*tall, y - tall*s.between(0.8, 1.05)})
	}
}

// blossom is a small flower in the grass.
func (s *scene) blossom(x, y, r float64, c ink) {
	if s.hour == night {
		c = c.to(s.pal.near, 0.4)
	}
	s.stroke(flat(s.pal.near.darker(0.25)), r*0.3, r*0.2, point{x, y}, point{x + r*0.2, y - r*2})
	for _, d := range []point{{-0.6, -0.2}, {0.6, -0.2}, {0, -0.75}, {-0.4, 0.5}, {0.4, 0.5}} {
		s.oval(x+r*0.2+d.x*r, y-r*2.2+d.y*r, r*0.55, r*0.55, flat(c))
	}
	s.oval(x+r*0.2, y-r*2.2, r*0.4, r*0.4, flat(rgb(0xf2b134).to(c, 0.15)))
}

// shore is the near bank of a lake.
func (s *scene) shore() {
	y := s.high - s.u*0.1
	r := s.rolling(y, s.u*0.03, s.u*1.3)
	c := s.layer(1).darker(0.12)
	for _, x := range []float64{s.between(0.02, 0.16), s.between(0.84, 0.98)} {
		s.pine(s.wide*x, s.high, s.u*s.between(0.3, 0.42), s.wood(1).darker(0.2))
		s.pine(s.wide*(x+s.between(-0.07, 0.07)), s.high, s.u*s.between(0.2, 0.3), s.wood(1).darker(0.14))
	}
	s.hill(r, flat(c))
	for range s.count(16) {
		x := s.wide * s.Float64()
		s.tuft(x, r(x)+s.u*0.01, s.u*s.between(0.03, 0.06))
	}
}
