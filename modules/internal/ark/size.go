package ark

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
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
	a, b, _ := strings.Cut(ratio, ":")
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil || x <= 0 || y <= 0 {
		x, y = 1, 1
	}
	if x < y {
		h, w = shape(tier, b+":"+a)
		return w, h
	}
	if s, ok := suggested[tier][ratio]; ok {
		return s[0], s[1]
	}
	side := float64(tierSides[tier])
	height := side * math.Sqrt(float64(y)/float64(x))
	return down(side * side / height), down(height)
}

// nearestTier is the model's tier most like one that it lacks, of two the
// larger; empty if it has none.
func (t Traits) nearestTier(tier string) string {
	if slices.Contains(t.Tiers, tier) {
		return tier
	}
	best, gap := "", math.Inf(1)
	for _, own := range t.Tiers { // the smallest first
		if d := math.Abs(math.Log(float64(tierSides[own]) / float64(tierSides[tier]))); d <= gap {
			best, gap = own, d
		}
	}
	return best
}

// parseSize reads "WxH"; false for a tier.
func parseSize(s string) (w, h int, ok bool) {
	left, right, _ := strings.Cut(s, "x")
	w, errW := strconv.Atoi(left)
	h, errH := strconv.Atoi(right)
	return w, h, errW == nil && errH == nil && w > 0 && h > 0
}

func sides(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }

// sizeFault says what is wrong with a size; empty if nothing is.
func (t Traits) sizeFault(w, h int) string {
	switch {
	case w > 16*h || h > 16*w:
		return "the ratio of the sides must lie between 1:16 and 16:1"
	case !t.draws(w, h):
		return fmt.Sprintf("the picture must have %d to %d pixels", t.MinPixels, t.MaxPixels)
	}
	return ""
}

// draws says whether a model draws that many pixels.
func (t Traits) draws(w, h int) bool {
	return t.MaxPixels == 0 || w*h >= t.MinPixels && w*h <= t.MaxPixels
}

// fit scales sides until their area lies within the model's, in steps of 16.
func (t Traits) fit(w, h int) (int, int) {
	area := float64(w * h)
	switch {
	case t.draws(w, h):
		return w, h
	case area < float64(t.MinPixels):
		f := math.Sqrt(float64(t.MinPixels) / area)
		return up(float64(w) * f), up(float64(h) * f)
	}
	f := math.Sqrt(float64(t.MaxPixels) / area)
	return down(float64(w) * f), down(float64(h) * f)
}

func up(v float64) int   { return int(math.Ceil(v/16-1e-9)) * 16 }
func down(v float64) int { return max(16, int(v/16+1e-9)*16) }
