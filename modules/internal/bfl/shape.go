package bfl

import "aigc/app/provider"

// ratios are the supported values of aspect_ratio, as width to height.
var ratios = []string{"21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21"}

// resolution is a named area in pixels.
type resolution struct {
	Name string
	Area int
}

// resolutions are those of FLUX.3.
var resolutions = []resolution{{"768sq", 768 * 768}, {"1k", 1 << 20}, {"1.5k", 1536 * 1536}, {"2k", 2048 * 2048}, {"4k", 4096 * 4096}}

// dimensions returns sides with about the given area in a ratio "w:h": multiples
// of step, none longer than longest (0: no limit); a square for an invalid ratio.
func dimensions(ratio string, area, step, longest int) (w, h int) {
	r, ok := provider.ParseRatio(ratio)
	if !ok {
		r = 1
	}
	return provider.Sides(r, area, step, longest)
}

// nearestRatio is the one of [ratios] nearest to the ratio of the sides.
func nearestRatio(w, h int) string { return provider.NearestShape(ratios, w, h) }

// nearestResolution is the one of [resolutions] with the nearest area, the larger
// one of two equally near.
func nearestResolution(w, h int) string {
	area := func(r resolution) float64 { return float64(r.Area) }
	return provider.Nearest(resolutions, area, float64(w)*float64(h)).Name
}
