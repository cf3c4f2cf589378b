package picture

// city is a skyline of three rows of houses.
func (s *scene) city() {
	base := s.ground - s.u*0.02
	for i := range 3 {
		t := float64(i) / 2
		c := s.layer(0.05+0.5*t).to(s.pal.skyBottom, 0.35*(1-t))
		for x := -s.u * 0.1; x < s.wide; {
			w := s.u * s.between(0.08, 0.15)
			tall := s.u * s.between(0.24, 0.52) * (1.15 - 0.35*t)
			s.tower(x, base, w, tall, c.darker(s.between(0, 0.1)), i > 0)
			x += w * s.between(1.0, 1.12)
		}
	}
	s.wash(base, s.high, fade(s.layer(0.8), s.layer(1), base, s.high))
	for range s.count(9) { // a row of trees along the street
		s.bush(s.wide*s.Float64(), base+s.u*0.012, s.u*s.between(0.07, 0.12), s.layer(0.85).to(rgb(0x5a9e6f), 0.35))
	}
}

func (s *scene) tower(x, base, w, tall float64, c ink, windows bool) {
	top := base - tall
	s.rect(x, top, x+w, base, fade(c, c.lighter(0.12), top, base))
	s.rect(x+w*0.78, top, x+w, base, flat(c.darker(0.3).alpha(0.35)))
	switch s.IntN(4) {
	case 0:
		s.polygon(flat(c), point{x, top + 1}, point{x + w/2, top - w*0.45}, point{x + w, top + 1})
	case 1:
		s.rect(x+w*0.2, top-w*0.2, x+w*0.8, top+1, flat(c))
		s.stroke(flat(c), s.u*0.005, s.u*0.003, point{x + w/2, top}, point{x + w/2, top - w*0.7})
	case 2:
		s.oval(x+w/2, top, w*0.4, w*0.32, flat(c))
	}
	if !windows {
		return
	}
	lit, unlit := rgb(0xffe39a), c.lighter(0.28)
	chance := map[hour]float64{day: 0.08, dusk: 0.35, night: 0.55}[s.hour]
	cols := 3 + s.IntN(2)
	cell := w * 0.72 / float64(cols)
	for y := top + cell*0.7; y+cell < base-s.u*0.04; y += cell * 1.35 {
		for i := range cols {
			p := flat(unlit)
			if s.Float64() < chance {
				p = flat(lit)
			}
			wx := x + w*0.08 + cell*float64(i)
			s.rect(wx, y, wx+cell*0.6, y+cell*0.75, p)
		}
	}
}

func (s *scene) rect(x0, y0, x1, y1 float64, p paint) {
	s.polygon(p, point{x0, y0}, point{x1, y0}, point{x1, y1}, point{x0, y1})
}

// street draws the pavement in front of the actors.
func (s *scene) street() {
	y := s.ground + (s.high-s.ground)*0.5
	s.rect(0, y, s.wide, s.high, flat(s.layer(1).darker(0.25)))
	s.rect(0, y, s.wide, y+s.u*0.012, flat(s.layer(0.7).lighter(0.25)))
	dash := s.u * 0.1
	for x := -dash * s.Float64(); x < s.wide; x += dash * 2 {
		s.rect(x, (y+s.high)/2, x+dash, (y+s.high)/2+s.u*0.012, flat(s.layer(0.7).lighter(0.35)))
	}
}
