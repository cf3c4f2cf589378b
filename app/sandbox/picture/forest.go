package picture

// forest is rows of trees that fade into the haze.
func (s *scene) forest() {
	const rows = 4
	for i := range rows {
		t := float64(i) / rows
		y := s.horizon + (s.ground-s.horizon)*(0.12+0.2*float64(i))
		r := s.rolling(y, s.u*0.02, s.u*1.2)
		c := s.wood(0.05+0.9*t).to(s.pal.skyBottom, 0.42*(1-t)*(1-t))
		step := s.u * (0.055 + 0.055*t)
		for x := -step; x < s.wide+step; x += step * s.between(0.6, 1.5) {
			// The nearest row leaves the middle to the actors.
			if i == rows-1 && len(s.roles) > 0 && x > s.wide*0.26 && x < s.wide*0.74 {
				continue
			}
			tall := s.u * (0.2 + 0.3*t) * s.between(0.75, 1.15)
			if i > 1 && s.IntN(5) == 0 {
				s.bush(x, r(x)+tall*0.03, tall*0.8, c.to(rgb(0xe7a64a), s.between(0, 0.12)))
				continue
			}
			s.pine(x, r(x)+tall*0.12, tall, c.darker(s.between(0, 0.12)))
		}
		s.hill(r, fade(c.to(s.layer(t), 0.5), s.layer(0.15+0.85*t), y, y+s.u*0.12))
	}
	r := s.rolling(s.ground-s.u*0.06, s.u*0.016, s.u*1.4)
	s.hill(r, fade(s.layer(0.92), s.layer(1).darker(0.1), s.ground-s.u*0.06, s.high))
}
