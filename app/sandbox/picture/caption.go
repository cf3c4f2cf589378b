package picture

import (
	"image"
	"image/draw"
)

// captionText marks a picture as one of the sandbox.
const captionText = "aigc sandbox"

// glyphs are drawn by hand: two rows above, four rows of the small letters and
// two below the line.
var glyphs = map[rune][8]string{
	'a': {"   ", "   ", "## ", " ##", "# #", "###", "   ", "   "},
	'b': {"#  ", "#  ", "## ", "# #", "# #", "## ", "   ", "   "},
	'c': {"   ", "   ", " ##", "#  ", "#  ", " ##", "   ", "   "},
	'd': {"  #", "  #", " ##", "# #", "# #", " ##", "   ", "   "},
	'g': {"   ", "   ", " ##", "# #", "# #", " ##", "  #", "## "},
	'i': {"#", " ", "#", "#", "#", "#", " ", " "},
	'n': {"   ", "   ", "## ", "# #", "# #", "# #", "   ", "   "},
	'o': {"   ", "   ", " # ", "# #", "# #", " # ", "   ", "   "},
	's': {"   ", "   ", " ##", "#  ", "  #", "## ", "   ", "   "},
	'x': {"   ", "   ", "# #", " # ", " # ", "# #", "   ", "   "},
	' ': {"  ", "  ", "  ", "  ", "  ", "  ", "  ", "  "},
}

// Caption draws the caption of a picture of that size, on a transparent background,
// and returns the place of its upper left corner in the picture. Draw adds it unless
// Spec.Plain is set; the clips of package video have it in every frame.
func Caption(width, height int) (*image.RGBA, image.Point) {
	dot := max(1, min(width, height)/360) // whole pixels, so that it stays sharp
	wide := 0
	for _, r := range captionText {
		wide += (len(glyphs[r][0]) + 1) * dot
	}
	img := image.NewRGBA(image.Rect(0, 0, wide, 9*dot))
	ras := newRaster(img)
	letters(ras, dot, (dot+1)/2, ink{26, 26, 42, 90}) // a shadow, for bright pictures
	letters(ras, dot, 0, ink{255, 255, 255, 205})
	return img, image.Pt(width-wide-2*dot, height-10*dot)
}

func letters(ras *raster, dot, shift int, c ink) {
	x := shift
	for _, r := range captionText {
		for row, cells := range glyphs[r] {
			for col, cell := range cells {
				for dy := range dot {
					if cell == '#' {
						ras.span(shift+row*dot+dy, x+col*dot, x+col*dot+dot, c, 255)
					}
				}
			}
		}
		x += (len(glyphs[r][0]) + 1) * dot
	}
}

func drawCaption(img *image.RGBA) {
	text, at := Caption(img.Rect.Dx(), img.Rect.Dy())
	draw.Draw(img, text.Rect.Add(at), text, image.Point{}, draw.Over)
}
