package picture

// drawWeather draws snow or rain in front of everything.
func (s *scene) drawWeather() {
	switch s.weather {
	case snow:
		for range s.count(130) {
			r := max(0.6, s.u*s.between(0.002, 0.0075))
			s.oval(s.wide*s.Float64(), s.high*s.Float64(), r, r, flat(rgb(0xffffff).alpha(s.between(0.55, 0.95))))
		}
	case rain:
		for range s.count(110) {
			x, y, long := s.wide*s.between(-0.05, 1.1), s.high*s.between(-0.05, 1), s.u*s.between(0.025, 0.055)
			s.stroke(flat(rgb(0xe6f0fa).alpha(s.between(0.25, 0.55))), s.u*0.0026, s.u*0.0014, point{x, y}, point{x - long*0.28, y + long})
		}
	}
}
