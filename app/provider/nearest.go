package provider

import "math"

// Nearest is the element whose value is nearest to want by ratio, not by difference; of
// two that are equally near, the one with the larger value. Values must be positive and
// the list must not be empty.
func Nearest[T any](list []T, value func(T) float64, want float64) T {
	best, size, gap := list[0], 0.0, math.Inf(1)
	for _, e := range list {
		v := value(e)
		d := math.Abs(math.Log(v / want))
		if d < gap-epsilon || d < gap+epsilon && v > size {
			best, size, gap = e, v, min(d, gap)
		}
	}
	return best
}

// NearestShape is the ratio ("16:9") or size ("1280x720") of a list whose ratio of width
// to height is nearest to that of w by h.
func NearestShape(list []string, w, h int) string {
	return Nearest(list, shape, float64(w)/float64(h))
}

// shape is [ShapeOf]; 1 for a text that is neither a size nor a ratio.
func shape(s string) float64 {
	if v, ok := ShapeOf(s); ok {
		return v
	}
	return 1
}

// shapeWeight is how much more [NearestSize] weighs a difference in shape than one in
// area.
const shapeWeight = 10

// NearestSize is the size ("1024x1024") of a list that is nearest to w by h. Shape counts
// more than area: a tall size becomes a tall one of the list, even if a square one is
// nearer in area.
func NearestSize(list []string, w, h int) string {
	best, gap := list[0], math.Inf(1)
	for _, s := range list {
		x, y, _ := ParseSize(s)
		a, b := math.Log(float64(x)/float64(w)), math.Log(float64(y)/float64(h))
		if d := shapeWeight*math.Abs(a-b) + math.Abs(a+b); d < gap-epsilon {
			best, gap = s, d
		}
	}
	return best
}
