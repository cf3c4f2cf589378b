package provider

import "math"

// Nearest is the element whose value is the nearest to want by ratio, not by
// difference; of two equally near ones that of the larger value. Values are
// positive, and the list is not empty.
func Nearest[T any](list []T, value func(T) float64, want float64) T {
	best, size, gap := list[0], 0.0, math.Inf(1)
	for _, e := range list {
		v := value(e)
		d := math.Abs(math.Log(v / want))
		if d < gap-dust || d < gap+dust && v > size {
			best, size, gap = e, v, min(d, gap)
		}
	}
	return best
}

// NearestShape is the one of a list of ratios ("16:9") or sizes ("1280x720")
// whose shape is the most like w by h.
func NearestShape(list []string, w, h int) string {
	return Nearest(list, shape, float64(w)/float64(h))
}

// shape is [ShapeOf]; of what is neither, a square.
func shape(s string) float64 {
	if v, ok := ShapeOf(s); ok {
		return v
	}
	return 1
}

// shapeWeight is how much more the shape of a size counts than its area.
const shapeWeight = 10

// NearestSize is the one of a list of sizes ("1024x1024") that is the most like
// w by h. The shape counts before the area: a tall size becomes a tall one of
// the list, even if a square one has more nearly the same area.
func NearestSize(list []string, w, h int) string {
	best, gap := list[0], math.Inf(1)
	for _, s := range list {
		x, y, _ := ParseSize(s)
		a, b := math.Log(float64(x)/float64(w)), math.Log(float64(y)/float64(h))
		if d := shapeWeight*math.Abs(a-b) + math.Abs(a+b); d < gap-dust {
			best, gap = s, d
		}
	}
	return best
}
