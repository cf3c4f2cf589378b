package openai

import (
	"fmt"

	"aigc/app/provider"
)

// maxRatio and others are limits of the sizes that gpt-image-2 and newer draw.
const (
	step      = 16
	maxRatio  = 3
	minPixels = 655_360
)

var sizeRule = provider.SizeRule{Step: step, MaxSide: 3840, MaxStretch: maxRatio, MinPixels: minPixels, MaxPixels: 8_294_400}

// ParseSize reads "WxH"; false for anything else, "auto" included.
func ParseSize(s string) (w, h int, ok bool) { return provider.ParseSize(s) }

// SizeFault says what is wrong with a size for gpt-image-2 and newer; empty if
// nothing is.
func SizeFault(w, h int) string { return sizeRule.Check(w, h) }

// DefaultFrames is how many frames a GIF has where nobody says.
const DefaultFrames = 9

// FrameFault says what is wrong with the size of the frames of a GIF; empty if
// nothing is. All frames share one sheet, so more of them are smaller; the
// least number of pixels counts for the sheet.
func FrameFault(w, h, frames int) string {
	limit := 720
	switch {
	case frames <= 9:
		limit = 960
	case frames <= 12:
		limit = 816
	}
	switch {
	case max(w, h) > limit:
		return fmt.Sprintf("%d frames share one sheet, which leaves at most %d pixels a side", frames, limit)
	case w*h*frames < minPixels:
		return fmt.Sprintf("the %d frames together must have at least 655,360 pixels", frames)
	}
	return provider.SizeRule{Step: step, MaxStretch: maxRatio}.Check(w, h)
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
