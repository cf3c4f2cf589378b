package main

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Measures of the sheet, in pixels.
const (
	columns = 4
	side    = 300 // of a tile
	strip   = 44  // below a tile, with its label
	gap     = 16
	size    = 24 // of the label
)

var (
	paper = color.White
	ink   = color.RGBA{0x24, 0x29, 0x2f, 0xff}
)

// sheet is an image with rows of labelled tiles.
type sheet struct {
	img  *image.RGBA
	face font.Face
}

func newSheet(n int) (*sheet, error) {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	rows := (n + columns - 1) / columns
	img := image.NewRGBA(image.Rect(0, 0, columns*(side+gap)+gap, rows*(side+strip)+gap))
	draw.Draw(img, img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return &sheet{img, face}, nil
}

// add draws the middle square of an image as the tile number i, with a label below it.
func (s *sheet) add(i int, src image.Image, label string) {
	x, y := gap+i%columns*(side+gap), gap+i/columns*(side+strip)
	draw.CatmullRom.Scale(s.img, image.Rect(x, y, x+side, y+side), src, square(src.Bounds()), draw.Over, nil)
	text := font.Drawer{Dst: s.img, Src: image.NewUniform(ink), Face: s.face}
	width := text.MeasureString(label)
	text.Dot = fixed.Point26_6{X: fixed.I(x) + (fixed.I(side)-width)/2, Y: fixed.I(y + side + 28)}
	text.DrawString(label)
}

// square is the largest square in the middle of r.
func square(r image.Rectangle) image.Rectangle {
	n := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-n)/2, (r.Dy()-n)/2))
	return image.Rectangle{at, at.Add(image.Pt(n, n))}
}
