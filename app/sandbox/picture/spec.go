package picture

import "image"

// Bounds of width and height, in pixels. Draw clamps other values.
const (
	MinSide = 64
	MaxSide = 4096
)

// Spec says what to draw.
type Spec struct {
	Prompt        string // any text in any language; a few dozen words are understood
	Seed          uint64 // varies the composition
	Width, Height int    // pixels, MinSide to MaxSide
	Transparent   bool   // draw only the actors, on a transparent background
	Plain         bool   // no caption
}

// Draw draws the scene. Equal specs give equal pixels on one processor architecture;
// on others pixels may differ by rounding. Its memory is little more than that of
// the picture.
func Draw(s Spec) *image.RGBA {
	w, h := min(max(s.Width, MinSide), MaxSide), min(max(s.Height, MinSide), MaxSide)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	sc := newScene(img, s)
	if s.Transparent && len(sc.roles) > 0 {
		sc.drawActorsAlone()
	} else {
		sc.backdrop()
		sc.drawActors()
		sc.foreground()
		if s.Transparent { // no actors: cut a circle out of the landscape
			cutRound(img)
		}
	}
	if !s.Plain {
		drawCaption(img)
	}
	return img
}
