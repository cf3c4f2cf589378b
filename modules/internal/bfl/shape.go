package bfl

import (
	"math"
	"strconv"
	"strings"
)

// Ratios are what models with aspect_ratio take, as width to height.
var Ratios = []string{"21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21"}

// Resolutions are those of FLUX.3, with the pixels that each has.
var Resolutions = []struct {
	Name string
	Area int
}{{"768sq", 768 * 768}, {"1k", 1 << 20}, {"1.5k", 1536 * 1536}, {"2k", 2048 * 2048}, {"4k", 4096 * 4096}}

// parseRatio reads "w:h" as one number; 1 for what is none.
func parseRatio(ratio string) float64 {
	a, b, _ := strings.Cut(ratio, ":")
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil || x <= 0 || y <= 0 {
		return 1
	}
	return x / y
}

// Dimensions are sides of about an area in a ratio "w:h", multiples of step,
// and none longer than longest (0: no limit); a square for a ratio that is none.
func Dimensions(ratio string, area, step, longest int) (w, h int) {
	return fit(parseRatio(ratio), area, step, longest)
}

func fit(ratio float64, area, step, longest int) (w, h int) {
	height := math.Sqrt(float64(area) / ratio)
	width := height * ratio
	if over := max(width, height) / float64(longest); longest > 0 && over > 1 {
		width, height = width/over, height/over
	}
	down := func(v float64) int { return max(step, int(v+1e-6)/step*step) }
	return down(width), down(height)
}

// NearestRatio is the one of [Ratios] most like the sides.
func NearestRatio(w, h int) string {
	best, gap := "1:1", math.Inf(1)
	for _, r := range Ratios {
		if d := math.Abs(math.Log(float64(w) / float64(h) / parseRatio(r))); d < gap {
			best, gap = r, d
		}
	}
	return best
}

// NearestResolution is the one of [Resolutions] with the most similar area, of
// two the larger.
func NearestResolution(w, h int) string {
	best, gap := "", math.Inf(1)
	for _, r := range Resolutions {
		if d := math.Abs(math.Log(float64(w) * float64(h) / float64(r.Area))); d <= gap+1e-9 {
			best, gap = r.Name, d
		}
	}
	return best
}
