package openai

// SizeFault says what is wrong with a size for gpt-image-2 and newer; empty if
// nothing is.
func SizeFault(w, h int) string {
	switch pixels := w * h; {
	case w%16 != 0 || h%16 != 0:
		return "both sides must be multiples of 16"
	case max(w, h) > 3840:
		return "the longer side may have at most 3840 pixels"
	case max(w, h) > 3*min(w, h):
		return "the ratio of the sides must lie between 1:3 and 3:1"
	case pixels < 655_360 || pixels > 8_294_400:
		return "the picture must have 655,360 to 8,294,400 pixels"
	}
	return ""
}

// Sizes are what the first generation draws.
var Sizes = []string{"1024x1024", "1536x1024", "1024x1536"}

// Nearest is the one of [Sizes] with the most similar ratio.
func Nearest(w, h int) string {
	switch {
	case 4*w > 5*h:
		return "1536x1024"
	case 4*h > 5*w:
		return "1024x1536"
	}
	return "1024x1024"
}
