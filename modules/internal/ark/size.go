package ark

import (
	"slices"
	"strings"

	"aigc/app/provider"
)

// tierNames are all tiers of all models, the smallest first, and tierSides the
// sides of their squares.
var (
	tierNames = []string{"1K", "1.5K", "2K", "3K", "4K"}
	tierSides = map[string]int{"1K": 1024, "1.5K": 1536, "2K": 2048, "3K": 3072, "4K": 4096}
)

// suggested are the vendor's own sizes of the larger tiers; upright ones are
// these, turned.
var suggested = map[string]map[string][2]int{
	"2K": {"1:1": {2048, 2048}, "4:3": {2304, 1728}, "3:2": {2496, 1664}, "16:9": {2848, 1600}, "21:9": {3136, 1344}},
	"3K": {"1:1": {3072, 3072}, "4:3": {3456, 2592}, "3:2": {3744, 2496}, "16:9": {4096, 2304}},
	"4K": {"1:1": {4096, 4096}, "4:3": {4704, 3520}, "3:2": {4992, 3328}, "16:9": {5504, 3040}, "21:9": {6240, 2656}},
}

// shape are the sides of a tier in a ratio "w:h".
func shape(tier, ratio string) (w, h int) {
	r, ok := provider.ParseRatio(ratio)
	if !ok {
		r = 1
	}
	if s, ok := suggested[tier][ratio]; ok {
		return s[0], s[1]
	}
	if r < 1 {
		a, b, _ := strings.Cut(ratio, ":")
		h, w = shape(tier, b+":"+a)
		return w, h
	}
	side := tierSides[tier]
	return provider.Sides(r, side*side, step, 0)
}

// nearestTier is the model's tier most like one that it lacks; empty if it has
// none.
func (t Traits) nearestTier(tier string) string {
	switch {
	case slices.Contains(t.Tiers, tier):
		return tier
	case len(t.Tiers) == 0:
		return ""
	}
	return provider.Nearest(t.Tiers, func(own string) float64 { return float64(tierSides[own]) }, float64(tierSides[tier]))
}

// step is what sides that we choose are multiples of. The vendor takes any.
const step = 16

var (
	parseSize = provider.ParseSize
	sides     = provider.FormatSize
)

// sizeFault says what is wrong with a size; empty if nothing is.
func (t Traits) sizeFault(w, h int) string {
	return provider.SizeRule{MinPixels: t.MinPixels, MaxPixels: t.MaxPixels, MaxStretch: 16}.Check(w, h)
}

// draws says whether a model makes that many pixels.
func (t Traits) draws(w, h int) bool {
	return t.MaxPixels == 0 || w*h >= t.MinPixels && w*h <= t.MaxPixels
}

// fit scales sides until their area lies within the model's.
func (t Traits) fit(w, h int) (int, int) {
	if t.draws(w, h) {
		return w, h
	}
	return provider.SizeRule{Step: step, MinPixels: t.MinPixels, MaxPixels: t.MaxPixels}.Fit(w, h)
}
