package bfl

import (
	"math"
	"strconv"
	"strings"
)

// Traits are what a model takes (docs.bfl.ai and the OpenAPI copy of May 2026).
type Traits struct {
	Path      string // below the base URL
	Strict    bool   // FLUX.3: its own fields and no others
	Sides     int    // width and height, multiples of this; 0: aspect_ratio instead
	MinSide   int
	MaxSide   int // 0: by area
	MaxArea   int
	Ratio     bool // takes aspect_ratio
	Upsample  bool // prompt_upsampling
	Raw       bool
	Tuned     bool // steps and guidance
	MaxSteps  int
	MinGuide  float64
	MaxGuide  float64
	Prompted  bool // image_prompt
	Strength  bool // image_prompt_strength
	Inputs    int  // how many input pictures
	Tolerance int  // highest safety_tolerance
}

const fourMP = 4 << 20

// TraitsOf a model id. One that nobody knows, at a gateway perhaps, is taken
// for a FLUX.2.
func TraitsOf(model string) Traits {
	t := Traits{Path: "/v1/" + model, Sides: 16, MinSide: 64, MaxArea: fourMP, Inputs: 8, Tolerance: 5}
	switch {
	case strings.HasPrefix(model, "flux-3"):
		return Traits{Path: t.Path, Strict: true, Ratio: true, Inputs: 10, Tolerance: 4}
	case strings.HasPrefix(model, "flux-kontext"):
		return Traits{Path: t.Path, Ratio: true, Upsample: true, Inputs: 4, Tolerance: 6}
	case model == "flux-pro-1.1-ultra":
		return Traits{Path: t.Path, Ratio: true, Raw: true, Upsample: true, Prompted: true, Strength: true, Tolerance: 6}
	case model == "flux-pro-1.1":
		return Traits{Path: t.Path, Sides: 32, MinSide: 256, MaxSide: 1440, Upsample: true, Prompted: true, Tolerance: 6}
	case model == "flux-dev":
		return Traits{Path: t.Path, Sides: 32, MinSide: 256, MaxSide: 1440, Upsample: true, Prompted: true, Tolerance: 6, Tuned: true, MaxSteps: 50, MinGuide: 1.5, MaxGuide: 5}
	case model == "flux-2-flex":
		t.Upsample, t.Tuned, t.MaxSteps, t.MinGuide, t.MaxGuide = true, true, 50, 1.5, 10
	case strings.HasPrefix(model, "flux-2-klein"):
		t.Inputs = 4
	}
	return t
}

// Dimensions are sides of about an area in a ratio "w:h", multiples of step; a
// square for a ratio that is none.
func Dimensions(ratio string, area, step int) (w, h int) {
	a, b, _ := strings.Cut(ratio, ":")
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil || x <= 0 || y <= 0 {
		x, y = 1, 1
	}
	f := math.Sqrt(float64(area) / (x * y))
	down := func(v float64) int { return max(step, int(v)/step*step) }
	return down(x * f), down(y * f)
}

// Ratios are what models with aspect_ratio take.
var Ratios = []string{"21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21"}

// NearestRatio is the one of [Ratios] most like the sides.
func NearestRatio(w, h int) string {
	best, gap := "1:1", math.Inf(1)
	for _, r := range Ratios {
		x, y := Dimensions(r, 1<<24, 1)
		if d := math.Abs(math.Log(float64(w)/float64(h)) - math.Log(float64(x)/float64(y))); d < gap {
			best, gap = r, d
		}
	}
	return best
}
