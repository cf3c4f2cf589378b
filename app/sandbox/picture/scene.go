package picture

import (
	"hash/fnv"
	"image"
	"math/rand/v2"
)

// scene is the state of one drawing.
type scene struct {
	*canvas
	*rand.Rand
	brief
	pal palette

	u       float64 // the unit of all sizes, in pixels: about the short side of the picture
	horizon float64 // y where the sky ends
	ground  float64 // y where the actors stand
	water   paint   // of the lake, if there is one
	bare    bool    // draw only the actors
	lightX  float64 // x of the sun or moon, for its reflection on water
}

// setting draws a place: behind the actors and in front of them.
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
	sc.Rand = rand.New(rand.NewPCG(h.Sum64(), s.Seed*0x9e3779b97f4a7c15)) // so that seeds 1 and 2 differ in many bits
	sc.u = min(sc.wide, sc.high, 0.6*max(sc.wide, sc.high))
	sc.setDefaults()
	sc.pal = choosePalette(sc)
	return sc
}

// setDefaults chooses place, hour, horizon and ground if the prompt does not.
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

// backdrop draws everything behind the actors.
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

// count converts a number of items in a square picture to one for this width.
func (s *scene) count(n float64) int { return int(n*s.wide/s.u + 0.5) }

// layer is the ink of land at depth t: 0 at the horizon, 1 at the lower edge.
func (s *scene) layer(t float64) ink { return s.pal.far.to(s.pal.near, t) }

// wood is the ink of trees at depth t.
func (s *scene) wood(t float64) ink { return s.pal.treeFar.to(s.pal.tree, t) }

func pick[T any](s *scene, from []T) T { return from[s.IntN(len(from))] }
