package picture

import "image"

// Bounds of a side, in pixels. Draw brings other values into them.
const (
	MinSide = 64
	MaxSide = 4096
)

// Spec says what to draw.
type Spec struct {
	Prompt        string // any text in any language; a few dozen words are understood
	Seed          uint64 // varies the composition
	Width, Height int    // pixels, MinSide to MaxSide
	Transparent   bool   // draw the subject alone, on nothing
	Plain         bool   // leave out the caption
}

// Draw draws the scene. The same Spec gives the same picture, to the pixel on
// one processor architecture and to a shade of rounding across them. It holds
// the picture itself and little more.
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
		if s.Transparent { // no subject to cut out, so the landscape becomes a badge
			cutRound(img)
		}
	}
	if !s.Plain {
		drawCaption(img)
	}
	return img
}
