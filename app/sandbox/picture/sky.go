package picture

import "math"

// sky draws the gradient, sun, moon or stars, and the clouds.
func (s *scene) sky() {
	s.wash(0, s.high, fade(s.pal.skyTop, s.pal.skyBottom, 0, s.horizon*1.05))
	if s.place == depths || s.place == space {
		return
	}
	x, y := s.wide*pick(s, []float64{s.between(0.14, 0.3), s.between(0.7, 0.86)}), s.horizon*s.between(0.24, 0.42)
	s.lightX = x
	switch {
	case s.hour == night:
		if s.weather != rain {
			s.stars(s.count(70), s.horizon)
			s.moon(x, y, s.u*0.075)
		}
	case s.weather != rain:
		if s.hour == dusk {
			y = s.horizon * s.between(0.5, 0.72)
		}
		s.sun(x, y, s.u*s.between(0.075, 0.095))
	}
	s.clouds()
	if s.hour != night && s.weather == fair && s.IntN(3) > 0 {
		s.flock(s.wide*s.between(0.3, 0.7), s.horizon*s.between(0.2, 0.4))
	}
}

func (s *scene) sun(x, y, r float64) {
	for _, ring := range [][2]float64{{3.4, 0.10}, {2.4, 0.16}, {1.6, 0.26}} {
		s.oval(x, y, r*ring[0], r*ring[0], flat(s.pal.light.alpha(ring[1])))
	}
	s.oval(x, y, r, r, flat(s.pal.light))
}

func (s *scene) moon(x, y, r float64) {
	for _, ring := range [][2]float64{{3.2, 0.05}, {2.2, 0.07}, {1.5, 0.10}} {
		s.oval(x, y, r*ring[0], r*ring[0], flat(s.pal.light.alpha(ring[1])))
	}
	s.oval(x, y, r, r, flat(s.pal.light))
	spot := flat(s.pal.light.darker(0.14))
	s.oval(x-r*0.3, y-r*0.25, r*0.22, r*0.22, spot)
	s.oval(x+r*0.32, y+r*0.1, r*0.15, r*0.15, spot)
	s.oval(x-r*0.1, y+r*0.45, r*0.12, r*0.12, spot)
}

func (s *scene) stars(n int, below float64) {
	for range n {
		x, y := s.wide*s.Float64(), below*s.Float64()*0.92
		r := max(0.45, s.u*s.between(0.0009, 0.0024))
		s.oval(x, y, r, r, flat(rgb(0xfff8e0).alpha(s.between(0.35, 0.95))))
	}
	for range max(2, n/16) {
		s.sparkle(s.wide*s.Float64(), below*s.Float64()*0.7, s.u*s.between(0.008, 0.016))
	}
}

// sparkle is a star of four points.
func (s *scene) sparkle(x, y, r float64) {
	pts := make([]point, 0, 8)
	for i := range 8 {
		d := r
		if i%2 == 1 {
			d = r * 0.22
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / 4)
		pts = append(pts, point{x + cos*d, y + sin*d})
	}
	s.polygon(flat(rgb(0xfff8e0)), pts...)
}

func (s *scene) clouds() {
	n, opacity := s.count(3), 0.82
	switch {
	case s.weather == rain:
		n, opacity = s.count(7), 0.8
	case s.hour == night:
		n, opacity = s.count(2), 0.35
	}
	for i := range n {
		x := s.wide * (float64(i) + s.between(0.1, 0.9)) / float64(n)
		s.cloud(x, s.horizon*s.between(0.1, 0.62), s.u*s.between(0.09, 0.19), s.pal.cloud.alpha(opacity*s.between(0.7, 1)))
	}
}

// cloud is a row of balls on a flat base, half is half its width.
func (s *scene) cloud(x, y, half float64, c ink) {
	pts := []point{{x - half, y}}
	left, right := x-half, x-half
	for i := range 4 { // bumps from left to right, the middle ones higher
		r := half * []float64{0.2, 0.34, 0.3, 0.16}[i] * s.between(0.9, 1.1)
		for j := range 13 {
			sin, cos := math.Sincos(math.Pi * (1 - float64(j)/12))
			pts = append(pts, point{left + r + cos*r, y - r*0.35 - sin*r*[]float64{0.8, 1.25, 1.05, 0.8}[i]})
		}
		right = left + 2*r
		left += 2 * r * 0.88
	}
	pts = append(pts, point{right, y})
	s.polygon(flat(c), pts...)
}

// flock is a few birds far away.
func (s *scene) flock(x, y float64) {
	c := flat(s.pal.skyTop.darker(0.5).alpha(0.8))
	for range 3 + s.IntN(3) {
		r := s.u * s.between(0.012, 0.02)
		bx, by := x+s.u*s.between(-0.14, 0.14), y+s.u*s.between(-0.06, 0.06)
		for _, d := range []float64{-1, 1} {
			s.stroke(c, r*0.26, r*0.08, point{bx, by}, point{bx + d*r*0.35, by - r*0.36}, point{bx + d*r*0.7, by - r*0.38}, point{bx + d*r, by - r*0.2})
		}
	}
}
