package provider

import (
	"math"
	"strconv"
	"strings"
)

// ParseSize parses "WIDTHxHEIGHT" in pixels; "X", "*" and "×" are accepted instead of
// "x". False for anything else, also for "auto" and ratios.
func ParseSize(s string) (w, h int, ok bool) {
	for _, sep := range []string{"x", "X", "*", "×"} {
		if left, right, found := strings.Cut(s, sep); found {
			w, errW := strconv.Atoi(left)
			h, errH := strconv.Atoi(right)
			return w, h, errW == nil && errH == nil && w > 0 && h > 0
		}
	}
	return 0, 0, false
}

// FormatSize writes "WIDTHxHEIGHT".
func FormatSize(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }

// ParseRatio parses "WIDTH:HEIGHT", with decimal numbers, as width divided by height.
// False for anything else, also for sizes.
func ParseRatio(s string) (ratio float64, ok bool) {
	left, right, _ := strings.Cut(s, ":")
	w, errW := strconv.ParseFloat(left, 64)
	h, errH := strconv.ParseFloat(right, 64)
	ratio = w / h
	return ratio, errW == nil && errH == nil && w > 0 && h > 0 && ratio > 0 && !math.IsInf(ratio, 0)
}

// ShapeOf is width divided by height of a size or a ratio; see [ParseSize] and
// [ParseRatio].
func ShapeOf(s string) (ratio float64, ok bool) {
	if w, h, ok := ParseSize(s); ok {
		return float64(w) / float64(h), true
	}
	return ParseRatio(s)
}

// Sides are a width and a height with the given ratio and at most area pixels, as near
// to it as possible: both multiples of step, at least one step, and at most longest
// (0: no limit).
func Sides(ratio float64, area, step, longest int) (w, h int) {
	height := math.Sqrt(float64(area) / ratio)
	width := height * ratio
	if over := max(width, height) / float64(longest); longest > 0 && over > 1 {
		width, height = width/over, height/over
	}
	return RoundDown(width, step), RoundDown(height, step)
}

// epsilon is the tolerance for rounding errors of floating-point numbers.
const epsilon = 1e-6

// RoundUp is the smallest multiple of step that is not below v.
func RoundUp(v float64, step int) int { return int(math.Ceil((v-epsilon)/float64(step))) * step }

// RoundDown is the largest multiple of step that is not above v, at least one step.
func RoundDown(v float64, step int) int { return max(1, int((v+epsilon)/float64(step))) * step }

// RoundNear is the multiple of step nearest to v, at least one step; halfway it rounds
// up.
func RoundNear(v float64, step int) int { return RoundDown(v+float64(step)/2, step) }
