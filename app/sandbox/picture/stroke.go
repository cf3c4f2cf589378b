package picture

import "math"

// ribbon widens a line into an outline with round ends: w0 pixels wide at its
// start, w1 at its end.
func ribbon(line []point, w0, w1 float64) []point {
	n := len(line)
	if n < 2 {
		return nil
	}
	left, right := make([]point, 0, 2*n+16), make([]point, 0, n)
	for i, p := range line {
		a, b := line[max(0, i-1)], line[min(n-1, i+1)]
		l := math.Hypot(b.x-a.x, b.y-a.y)
		if l == 0 {
			continue
		}
		r := (w0 + (w1-w0)*float64(i)/float64(n-1)) / 2
		nx, ny := (b.y-a.y)/l*r, -(b.x-a.x)/l*r
		left = append(left, point{p.x + nx, p.y + ny})
		right = append(right, point{p.x - nx, p.y - ny})
	}
	if len(left) < 2 {
		return nil
	}
	out := roundEnd(left, line[n-1], right[len(right)-1])
	for i := len(right) - 1; i >= 0; i-- {
		out = append(out, right[i])
	}
	return roundEnd(out, line[0], left[0])
}

// roundEnd appends a half circle around c from the last point towards end.
func roundEnd(out []point, c, end point) []point {
	from := out[len(out)-1]
	r := math.Hypot(from.x-c.x, from.y-c.y)
	at := math.Atan2(from.y-c.y, from.x-c.x)
	steps := 3 + int(math.Sqrt(r)*2)
	for i := 1; i < steps; i++ {
		s, cs := math.Sincos(at + math.Pi*float64(i)/float64(steps))
		out = append(out, point{c.x + cs*r, c.y + s*r})
	}
	return append(out, end)
}
