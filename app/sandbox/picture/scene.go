package picture

import (
	"hash/fnv"
	"image"
	"math/rand/v2"
)

// scene is a picture in the making.
type scene struct {
	*canvas
	*rand.Rand
	brief
	pal palette

	u       float64 // the unit of all sizes: the short side of the picture, roughly
	horizon float64 // y where the sky ends
	ground  float64 // y where the actors stand
	water   paint   // of the lake, if there is one
	bare    bool    // nothing but the actors is drawn
	lightX  float64 // where the sun or moon stands, for its path on water
}

// setting draws a place: what is behind the actors, and what is before them.
type setting struct{ back, front func(*scene) }

var settings = map[place]setting{
	meadow:   {(*scene).meadow, (*scene).grass},
	mountain: {(*scene).mountains, (*scene).grass},
	forest:   {(*scene).forest, (*scene).grass},
	desert:   {(*scene).dunes, (*scene).sand},
	sea:      {(*scene).sea, (*scene).waves},
	depths:   {(*scene).depths, (*scene).bubbles},
	city:     {(*scene).city, (*scene).street},
	space:    {(*scene).space, nil},
}

func newScene(img *image.RGBA, s Spec) *scene {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s.Prompt))
	sc := &scene{canvas: newCanvas(img), brief: parsePrompt(s.Prompt)}
	sc.Rand = rand.New(rand.NewPCG(h.Sum64(), s.Seed*0x9e3779b97f4a7c15)) // neighbours far apart
	sc.u = min(sc.wide, sc.high, 0.6*max(sc.wide, sc.high))
	sc.setDefaults()
	sc.pal = choosePalette(sc)
	return sc
}

// setDefaults fills in what the prompt left open.
func (s *scene) setDefaults() {
	if s.place == anywhere && len(s.roles) > 0 {
		s.place = s.roles[0].home
		if len(s.roles) > 1 && s.roles[1].stand == onWater {
			s.place = s.roles[1].home // a fox in a boat needs water
		}
	}
	if s.place == anywhere {
		s.place = pick(s, []place{meadow, mountain, forest, meadow})
		if len(s.roles) == 0 {
			s.place = pick(s, []place{meadow, mountain, sea, forest, mountain, desert})
		}
	}
	if s.place == space {
		s.hour = night
	}
	if s.hour == anytime {
		s.hour = pick(s, []hour{day, day, day, dusk, dusk, night})
		if s.weather != fair {
			s.hour = pick(s, []hour{day, day, night})
		}
	}
	s.horizon = s.high * s.between(0.50, 0.56)
	s.ground = s.high * s.between(0.80, 0.83)
	if s.high > 1.3*s.wide {
		s.horizon, s.ground = s.high*s.between(0.54, 0.60), s.high*s.between(0.76, 0.80)
	}
}

// backdrop draws all that stands behind the actors.
func (s *scene) backdrop() {
	s.sky()
	settings[s.place].back(s)
}

func (s *scene) foreground() {
	if f := settings[s.place].front; f != nil {
		f(s)
	}
	s.drawWeather()
}

// between is a random number from a to b.
func (s *scene) between(a, b float64) float64 { return a + (b-a)*s.Float64() }

// count turns a number for a square picture into one for this shape.
func (s *scene) count(n float64) int { return int(n*s.wide/s.u + 0.5) }

// layer is the ink of land at depth t: 0 at the horizon, 1 at our feet.
func (s *scene) layer(t float64) ink { return s.pal.far.to(s.pal.near, t) }

// wood is the ink of trees at depth t.
func (s *scene) wood(t float64) ink { return s.pal.treeFar.to(s.pal.tree, t) }

func pick[T any](s *scene, from []T) T { return from[s.IntN(len(from))] }
