package provider

import (
	"fmt"
	"math"
)

// SizeRule is the set of output sizes that a model supports. A zero value is no limit.
type SizeRule struct {
	Step       int     // both sides are multiples of it
	MinSide    int     // pixels of the shorter side
	MaxSide    int     // pixels of the longer side
	MinPixels  int     // width times height
	MaxPixels  int     // width times height
	MaxStretch float64 // longer side divided by shorter side
}

// Check is the message of the first limit that a size breaks; empty if none.
func (r SizeRule) Check(w, h int) string {
	switch {
	case r.Step > 1 && (w%r.Step != 0 || h%r.Step != 0):
		return fmt.Sprintf("both sides must be multiples of %d", r.Step)
	case min(w, h) < r.MinSide:
		return fmt.Sprintf("each side must have at least %d pixels", r.MinSide)
	case r.MaxSide > 0 && max(w, h) > r.MaxSide:
		return fmt.Sprintf("each side may have at most %d pixels", r.MaxSide)
	case r.MaxStretch > 0 && float64(max(w, h)) > r.MaxStretch*float64(min(w, h))+epsilon:
		return fmt.Sprintf("the ratio of the sides must lie between 1:%g and %[1]g:1", r.MaxStretch)
	case w*h < r.MinPixels || r.MaxPixels > 0 && w*h > r.MaxPixels:
		return "the image must have " + r.pixels()
	}
	return ""
}

// pixels is the allowed number of pixels, for messages.
func (r SizeRule) pixels() string {
	switch {
	case r.MaxPixels == 0:
		return "at least " + withCommas(r.MinPixels) + " pixels"
	case r.MinPixels == 0:
		return "at most " + withCommas(r.MaxPixels) + " pixels"
	}
	return withCommas(r.MinPixels) + " to " + withCommas(r.MaxPixels) + " pixels"
}

// Fit is a supported size near w by h. A supported size is returned unchanged. Any other
// keeps its ratio as far as MaxStretch allows, is scaled until area and sides are within
// the limits, and is rounded to the step. If no size meets all limits, they take
// precedence in this order: Step, MinSide and MaxSide, MaxPixels, MinPixels.
func (r SizeRule) Fit(w, h int) (int, int) {
	if r.Check(w, h) == "" {
		return w, h
	}
	step := max(1, r.Step)
	x, y := float64(w), float64(h)
	if r.MaxStretch > 0 {
		x, y = min(x, y*r.MaxStretch), min(y, x*r.MaxStretch)
	}
	area, grow := x*y, 1.0
	if area < float64(r.MinPixels) {
		grow = math.Sqrt(float64(r.MinPixels) / area)
	}
	if short := min(x, y) * grow; short < float64(r.MinSide) {
		grow *= float64(r.MinSide) / short
	}
	if r.MaxPixels > 0 && area*grow*grow > float64(r.MaxPixels) {
		grow = math.Sqrt(float64(r.MaxPixels) / area)
	}
	if long := max(x, y) * grow; r.MaxSide > 0 && long > float64(r.MaxSide) {
		grow *= float64(r.MaxSide) / long
	}
	x, y = x*grow, y*grow
	down, near, up := RoundDown, RoundNear, RoundUp
	roundings := []func(float64, int) int{near, down, up}
	switch {
	case grow > 1:
		roundings = []func(float64, int) int{up, near, down}
	case grow < 1:
		roundings = []func(float64, int) int{down, up}
	}
	for _, round := range roundings {
		if a, b := round(x, step), round(y, step); r.Check(a, b) == "" {
			return a, b
		}
	}
	return r.clamp(down(x, step), step), r.clamp(down(y, step), step)
}

// clamp limits one side, a multiple of step, to MinSide and MaxSide.
func (r SizeRule) clamp(side, step int) int {
	side = max(side, RoundUp(float64(r.MinSide), step))
	if r.MaxSide > 0 {
		side = min(side, RoundDown(float64(r.MaxSide), step))
	}
	return side
}

// withCommas writes a number with thousands separators.
func withCommas(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
