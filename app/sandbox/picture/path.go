package picture

import (
	"math"
	"strconv"
)

// matrix maps the coordinates of a drawing to pixels.
type matrix struct{ a, b, c, d, e, f float64 }

// scaling puts the origin of a drawing at (x, y).
func scaling(x, y, scale float64) matrix { return matrix{scale, 0, 0, scale, x, y} }

func (m matrix) apply(x, y float64) point {
	return point{m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f}
}

// scaled, turned and moved work in the drawing's own coordinates.
func (m matrix) scaled(sx, sy float64) matrix {
	return matrix{m.a * sx, m.b * sx, m.c * sy, m.d * sy, m.e, m.f}
}

func (m matrix) turned(rad float64) matrix {
	s, c := math.Sincos(rad)
	return matrix{m.a*c + m.c*s, m.b*c + m.d*s, m.c*c - m.a*s, m.d*c - m.b*s, m.e, m.f}
}

func (m matrix) moved(x, y float64) matrix {
	p := m.apply(x, y)
	m.e, m.f = p.x, p.y
	return m
}

// size is how many pixels one unit of the drawing is long, roughly.
func (m matrix) size() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// pen collects outlines in pixels.
type pen struct {
	m    matrix
	out  [][]point
	x, y float64 // current point, in the drawing's coordinates
}

func (p *pen) move(x, y float64) {
	p.out = append(p.out, []point{p.m.apply(x, y)})
	p.x, p.y = x, y
}

func (p *pen) line(x, y float64) {
	last := len(p.out) - 1
	p.out[last] = append(p.out[last], p.m.apply(x, y))
	p.x, p.y = x, y
}

// curve draws a cubic Bézier curve in line segments too short to be visible.
func (p *pen) curve(x1, y1, x2, y2, x3, y3 float64) {
	x0, y0 := p.x, p.y
	long := math.Hypot(x1-x0, y1-y0) + math.Hypot(x2-x1, y2-y1) + math.Hypot(x3-x2, y3-y2)
	steps := min(64, 3+math.Sqrt(long*p.m.size())*1.2)
	n := int(steps)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		b0, b1, b2, b3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p.line(b0*x0+b1*x1+b2*x2+b3*x3, b0*y0+b1*y1+b2*y2+b3*y3)
	}
}

// oval draws a whole ellipse as four curves.
func (p *pen) oval(cx, cy, rx, ry float64) {
	const k = 0.5523
	p.move(cx+rx, cy)
	p.curve(cx+rx, cy+k*ry, cx+k*rx, cy+ry, cx, cy+ry)
	p.curve(cx-k*rx, cy+ry, cx-rx, cy+k*ry, cx-rx, cy)
	p.curve(cx-rx, cy-k*ry, cx-k*rx, cy-ry, cx, cy-ry)
	p.curve(cx+k*rx, cy-ry, cx+rx, cy-k*ry, cx+rx, cy)
}

// trace draws a path in a subset of SVG's notation: absolute M, L, C, Q and Z; and
// O cx cy rx ry for an ellipse. Paths are constants of this package, so it panics
// on an invalid one.
func (p *pen) trace(path string) {
	var args [6]float64
	need := map[byte]int{'M': 2, 'L': 2, 'C': 6, 'Q': 4, 'O': 4}
	cmd, n := byte(0), 0
	for i := 0; i < len(path); {
		switch ch := path[i]; {
		case ch == ' ' || ch == ',' || ch == '\n' || ch == '\t' || ch == 'Z':
			i++
		case ch >= 'A' && ch <= 'Z':
			if need[ch] == 0 {
				panic("picture: unknown command in path " + path)
			}
			cmd, n = ch, 0
			i++
		default:
			end := i + 1
			for end < len(path) && (path[end] == '.' || path[end] >= '0' && path[end] <= '9') {
				end++
			}
			v, err := strconv.ParseFloat(path[i:end], 64)
			if err != nil || cmd == 0 {
				panic("picture: bad number in path " + path)
			}
			args[n] = v
			if n++; n == need[cmd] {
				p.obey(cmd, args)
				n = 0
			}
			i = end
		}
	}
	if n != 0 {
		panic("picture: missing number in path " + path)
	}
}

func (p *pen) obey(cmd byte, a [6]float64) {
	switch cmd {
	case 'M':
		p.move(a[0], a[1])
	case 'L':
		p.line(a[0], a[1])
	case 'C':
		p.curve(a[0], a[1], a[2], a[3], a[4], a[5])
	case 'Q':
		x0, y0 := p.x, p.y
		p.curve(x0+(a[0]-x0)*2/3, y0+(a[1]-y0)*2/3, a[2]+(a[0]-a[2])*2/3, a[3]+(a[1]-a[3])*2/3, a[2], a[3])
	case 'O':
		p.oval(a[0], a[1], a[2], a[3])
	}
}
