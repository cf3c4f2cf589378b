package picture

// tone is the index of a colour in a figure; dyes has the ink of each.
type tone uint8

const (
	mainTone  tone = iota // what a colour word in the prompt changes
	shadeTone             // mainTone in shadow
	lightTone             // mainTone in light
	paleTone              // belly, sails, walls
	paleShadeTone
	darkTone // eyes, socks, outlines
	blushTone
	whiteTone
	accentTone // scarf, door, flag
	accentShadeTone
	roseTone // tongues, hearts
	glowTone // lit windows
	irisTone
	toneCount
)

type dyes [toneCount]ink

// dye derives all inks of a figure from its main and accent inks.
func dye(body, accent ink) dyes {
	shade, iris := 0.22, rgb(0x33262f)
	switch l := body.luma(); {
	case l < 95: // dark eyes would be lost in dark fur
		iris = rgb(0xf6c945)
	case l > 215:
		shade = 0.13
	}
	return dyes{
		irisTone:        iris,
		mainTone:        body,
		shadeTone:       body.darker(shade),
		lightTone:       body.lighter(0.25),
		paleTone:        rgb(0xfff4e3),
		paleShadeTone:   rgb(0xecd8c6),
		darkTone:        rgb(0x33262f),
		blushTone:       rgb(0xff7d7d).alpha(0.45),
		whiteTone:       rgb(0xffffff),
		accentTone:      accent,
		accentShadeTone: accent.darker(0.22),
		roseTone:        rgb(0xe8697a),
		glowTone:        rgb(0xffe29a),
	}
}

// part is one shape or line of a figure.
type part struct {
	tone   tone
	path   string  // see pen.trace
	clip   string  // path that clips the part; empty: none
	width  float64 // of a line at its start, in units of the figure; 0 fills
	taper  float64 // its width at the end
	mirror bool    // draw it a second time, mirrored at the figure's axis
}

func shape(t tone, path string) part { return part{tone: t, path: path} }

func line(t tone, width float64, path string) part {
	return part{tone: t, path: path, width: width, taper: width}
}

func (p part) thinning(to float64) part { p.taper = to; return p }
func (p part) within(path string) part  { p.clip = path; return p }
func (p part) both() part               { p.mirror = true; return p }

// figure is the drawing of an actor: parts from back to front, in coordinates of its
// own. The point (axis, foot) is placed on the ground.
type figure struct {
	axis, foot float64
	height     float64 // from foot to top; draw scales it to the wanted height
	parts      []part

	hull       int     // of a boat: index of the first part in front of its passenger
	deck, seat float64 // height of the passenger's foot and of the passenger, in heights of the boat
}

// draw puts a figure's foot at (x, y), tall pixels high.
func (c *canvas) draw(f *figure, x, y, tall float64, flip bool, d *dyes) {
	s := tall / f.height
	m := scaling(x, y, s)
	if flip {
		m = m.scaled(-1, 1)
	}
	c.drawParts(f.parts, m.moved(-f.axis, -f.foot), f.axis, d)
}

// box is the smallest one around the figure, in its own units.
func (f *figure) box() (lo, hi point) {
	lo, hi = point{1e9, 1e9}, point{-1e9, -1e9}
	see := func(x, y, margin float64) {
		lo = point{min(lo.x, x-margin), min(lo.y, y-margin)}
		hi = point{max(hi.x, x+margin), max(hi.y, y+margin)}
	}
	for _, part := range f.parts {
		path := part.path
		if part.clip != "" {
			path = part.clip
		}
		p := pen{m: scaling(0, 0, 1)}
		p.trace(path)
		for _, o := range p.out {
			for _, at := range o {
				see(at.x, at.y, part.width/2)
				if part.mirror {
					see(2*f.axis-at.x, at.y, part.width/2)
				}
			}
		}
	}
	return lo, hi
}

func (c *canvas) drawParts(parts []part, m matrix, axis float64, d *dyes) {
	for _, p := range parts {
		c.drawPart(p, m, d)
		if p.mirror {
			c.drawPart(p, m.moved(2*axis, 0).scaled(-1, 1), d)
		}
	}
}

func (c *canvas) drawPart(p part, m matrix, d *dyes) {
	var clip [][]point
	if p.clip != "" {
		clip = c.outline(m, p.clip)
	}
	out := c.outline(m, p.path)
	if p.width > 0 {
		for i, l := range out {
			out[i] = ribbon(l, p.width*m.size(), p.taper*m.size())
		}
	}
	c.fill(out, clip, flat(d[p.tone]))
}

func (c *canvas) outline(m matrix, path string) [][]point {
	p := pen{m: m}
	p.trace(path)
	return p.out
}
