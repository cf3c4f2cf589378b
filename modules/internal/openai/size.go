package openai

import (
	"fmt"

	"aigc/app/provider"
)

// Limits of the sizes of gpt-image-2 and newer.
const (
	step       = 16
	maxStretch = 3
	minPixels  = 655_360
)

var sizeRule = provider.SizeRule{Step: step, MaxSide: 3840, MaxStretch: maxStretch, MinPixels: minPixels, MaxPixels: 8_294_400}

// defaultFrames is the number of frames of a GIF without options.
const defaultFrames = 9

// checkFrames says what is wrong with the frame size of a GIF; empty if it is
// supported. All frames share one sheet, so the maximum side shrinks with their
// number, and the minimum number of pixels applies to the sheet.
func checkFrames(w, h, frames int) string {
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
	return provider.SizeRule{Step: step, MaxStretch: maxStretch}.Check(w, h)
}

// gen1Sizes are the only sizes of the first generation.
var gen1Sizes = []string{"1024x1024", "1536x1024", "1024x1536"}

// nearestGen1Size is the one of [gen1Sizes] with the most similar ratio.
func nearestGen1Size(w, h int) string {
	switch {
	case 4*w > 5*h:
		return "1536x1024"
	case 4*h > 5*w:
		return "1024x1536"
	}
	return "1024x1024"
}
