package provider

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// ParseSize parses "WIDTHxHEIGHT" in pixels, in any of its [Spellings]. False for anything
// else, also for "auto" and ratios.
func ParseSize(s string) (w, h int, ok bool) {
	m := sidesPattern.FindStringSubmatch(withoutSpace(s))
	if m == nil || strings.Contains(ratioSigns, m[2]) {
		return 0, 0, false
	}
	w, errW := strconv.Atoi(m[1])
	h, errH := strconv.Atoi(m[3])
	return w, h, errW == nil && errH == nil && w > 0 && h > 0
}

// sidesPattern matches two sides and the sign between them.
var sidesPattern = regexp.MustCompile(`^([0-9.]+)(?:px)?([xX*×✕:：/])([0-9.]+)(?:px)?$`)

// ratioSigns are the signs between the sides of a ratio; the others are between the sides
// of a size.
const ratioSigns = ":：/"

// Spellings are the ways to write a value of which s may be one: without white space,
// a size with x between its sides, the sides as a ratio, and the text in upper and lower
// case.
func Spellings(s string) []string {
	list := []string{strings.TrimSpace(s)}
	s = withoutSpace(s)
	list = append(list, s)
	if m := sidesPattern.FindStringSubmatch(s); m != nil {
		if !strings.Contains(ratioSigns, m[2]) {
			list = append(list, m[1]+"x"+m[3])
		}
		list = append(list, m[1]+":"+m[3])
	}
	return append(list, strings.ToUpper(s), strings.ToLower(s))
}

func withoutSpace(s string) string { return strings.Join(strings.Fields(s), "") }

// FormatSize writes "WIDTHxHEIGHT".
func FormatSize(w, h int) string { return strconv.Itoa(w) + "x" + strconv.Itoa(h) }

// ParseRatio parses "WIDTH:HEIGHT", with decimal numbers, as width divided by height; "/"
// is accepted instead of ":". False for anything else, also for sizes.
func ParseRatio(s string) (ratio float64, ok bool) {
	m := sidesPattern.FindStringSubmatch(withoutSpace(s))
	if m == nil || !strings.Contains(ratioSigns, m[2]) {
		return 0, false
	}
	w, errW := strconv.ParseFloat(m[1], 64)
	h, errH := strconv.ParseFloat(m[3], 64)
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
