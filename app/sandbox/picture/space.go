package picture

// space draws stars and planets above the edge of a moon.
func (s *scene) space() {
	s.stars(s.count(170), s.high)
	s.oval(s.wide*s.between(0.15, 0.3), s.high*s.between(0.2, 0.3), s.u*0.1, s.u*0.1, flat(rgb(0xe98a6a)))
	x, y, r := s.wide*s.between(0.74, 0.88), s.high*s.between(0.18, 0.4), s.u*0.085
	body := s.outline(scaling(x, y, r), `O0,0 1,1`)[0]
	s.fill([][]point{body}, nil, flat(rgb(0xf2c879)))
	for i := range 3 {
		by := y + r*(-0.5+0.5*float64(i))
		s.fill([][]point{{{x - r, by}, {x + r, by - r*0.15}, {x + r, by + r*0.05}, {x - r, by + r*0.2}}}, [][]point{body}, flat(rgb(0xd99a5c)))
	}
	ring := s.outline(scaling(x, y, r).turned(-0.35), `M-1.75,0 C-1.6,0.5 1.6,0.5 1.75,0 C1.45,0.24 -1.45,0.24 -1.75,0 Z`)
	s.fill(ring, nil, flat(rgb(0xf7e3b8)))
	rim := s.high * 1.55
	s.oval(s.wide/2, rim, s.wide*0.9, rim-s.ground+s.u*0.02, flat(rgb(0x8f8fb8)))
	for range s.count(8) {
		cx, cy := s.wide*s.between(0.05, 0.95), s.ground+(s.high-s.ground)*s.between(0.35, 0.95)
		cr := s.u * s.between(0.015, 0.045)
		s.oval(cx, cy, cr, cr*0.4, flat(rgb(0x75759f)))
		s.oval(cx, cy+cr*0.08, cr*0.85, cr*0.3, flat(rgb(0x62628c)))
	}
}
