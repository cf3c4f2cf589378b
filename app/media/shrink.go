package media

import (
	"image"
	"image/color"
)

// shrink scales an image to at most side pixels on its longest side, on white. Each
// pixel is the mean of the source pixels in its area. The source is read row by row in
// the pixel format of the decoder, without a copy.
func shrink(src image.Image, side int) *image.RGBA {
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > side {
		w, h = max(1, w*side/long), max(1, h*side/long)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	edges := make([]int, w+1) // pixel i covers the columns edges[i] to edges[i+1]
	for i := range edges {
		edges[i] = i * b.Dx() / w
	}
	add, mean := pixelReader(src)
	row := make([]sum, w)
	for y := range h {
		clear(row)
		top, bottom := y*b.Dy()/h, (y+1)*b.Dy()/h
		for from := top; from < bottom; from++ {
			add(from, edges, row)
		}
		out := dst.Pix[dst.PixOffset(0, y):]
		for x, s := range row {
			c := mean(s, uint64((edges[x+1]-edges[x])*(bottom-top)))
			out[4*x], out[4*x+1], out[4*x+2], out[4*x+3] = c.R, c.G, c.B, 255
		}
	}
	return dst
}

// sum is the sum of source pixels by component; which components depends on the addRow
// that makes it.
type sum struct{ a, b, c, alpha uint64 }

// addRow adds row y of the source to the sums of one row of the result. Columns and rows
// are counted from the source's corner.
type addRow func(y int, edges []int, row []sum)

// meanColor is the mean of n source pixels, on white.
type meanColor func(s sum, n uint64) color.RGBA

// pixelReader chooses the functions for the pixel format of an image.
func pixelReader(src image.Image) (addRow, meanColor) {
	atOrigin := src.Bounds().Min == image.Point{} // true of all decoders
	switch img := src.(type) {
	case *image.YCbCr:
		if atOrigin {
			return addYCbCr(img), meanYCbCr
		}
	case *image.RGBA:
		return addBytes(img.Pix, img.Stride, false), meanPremultiplied
	case *image.NRGBA:
		return addBytes(img.Pix, img.Stride, true), meanPremultiplied
	case *image.NRGBA64:
		return addWide(img.Pix, img.Stride), meanPremultiplied
	case *image.Gray:
		return addGray(img.Pix, img.Stride), meanGray
	case *image.Paletted:
		return addPaletted(img), meanPremultiplied
	}
	return addAny(src), meanPremultiplied
}

// addYCbCr sums luma in a, and the chroma samples of the same columns in b and c; their
// number is in alpha. The mean can be taken before the conversion to RGB, because that
// is linear.
func addYCbCr(img *image.YCbCr) addRow {
	right, down := 0, 0 // shifts from luma columns and rows to those of chroma
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		right = 1
	case image.YCbCrSubsampleRatio420:
		right, down = 1, 1
	case image.YCbCrSubsampleRatio440:
		down = 1
	case image.YCbCrSubsampleRatio411:
		right = 2
	case image.YCbCrSubsampleRatio410:
		right, down = 2, 1
	}
	return func(y int, edges []int, row []sum) {
		luma := img.Y[y*img.YStride:]
		cb, cr := img.Cb[(y>>down)*img.CStride:], img.Cr[(y>>down)*img.CStride:]
		for i := range row {
			from, to := edges[i], edges[i+1]
			row[i].a += total(luma[from:to])
			from, to = from>>right, (to-1)>>right+1
			row[i].b += total(cb[from:to])
			row[i].c += total(cr[from:to])
			row[i].alpha += uint64(to - from)
		}
	}
}

func total(list []byte) uint64 {
	var n uint32 // cannot overflow: a row has less than 2^24 bytes
	for _, v := range list {
		n += uint32(v)
	}
	return uint64(n)
}

func meanYCbCr(s sum, n uint64) color.RGBA {
	r, g, b := color.YCbCrToRGB(uint8((s.a+n/2)/n), uint8((s.b+s.alpha/2)/s.alpha), uint8((s.c+s.alpha/2)/s.alpha))
	return color.RGBA{r, g, b, 255}
}

// addBytes sums pixels of four bytes; with weigh, colors are multiplied by their alpha.
func addBytes(pix []byte, stride int, weigh bool) addRow {
	return func(y int, edges []int, row []sum) {
		line := pix[y*stride:]
		for i := range row {
			var r, g, b, alpha uint32 // cannot overflow: a row has less than 2^24 pixels
			px := line[edges[i]*4 : edges[i+1]*4]
			for ; len(px) >= 4; px = px[4:] {
				a := uint32(px[3])
				if weigh && a != 255 {
					r += uint32(px[0]) * a / 255
					g += uint32(px[1]) * a / 255
					b += uint32(px[2]) * a / 255
				} else {
					r += uint32(px[0])
					g += uint32(px[1])
					b += uint32(px[2])
				}
				alpha += a
			}
			row[i].add(sum{uint64(r), uint64(g), uint64(b), uint64(alpha)})
		}
	}
}

// addWide sums the high bytes of pixels with 16 bits per component.
func addWide(pix []byte, stride int) addRow {
	return func(y int, edges []int, row []sum) {
		line := pix[y*stride:]
		for i := range row {
			var s sum
			for p := edges[i] * 8; p < edges[i+1]*8; p += 8 {
				px := line[p : p+8 : p+8]
				a := uint64(px[6])
				s.a += uint64(px[0]) * a / 255
				s.b += uint64(px[2]) * a / 255
				s.c += uint64(px[4]) * a / 255
				s.alpha += a
			}
			row[i].add(s)
		}
	}
}

func addGray(pix []byte, stride int) addRow {
	return func(y int, edges []int, row []sum) {
		line := pix[y*stride:]
		for i := range row {
			row[i].a += total(line[edges[i]:edges[i+1]])
		}
	}
}

func meanGray(s sum, n uint64) color.RGBA {
	v := uint8((s.a + n/2) / n)
	return color.RGBA{v, v, v, 255}
}

func addPaletted(img *image.Paletted) addRow {
	var colors [256]sum // an index beyond the palette is transparent
	for i, c := range img.Palette[:min(len(img.Palette), 256)] {
		colors[i] = sumOf(c)
	}
	return func(y int, edges []int, row []sum) {
		line := img.Pix[y*img.Stride:]
		for i := range row {
			for _, v := range line[edges[i]:edges[i+1]] {
				row[i].add(colors[v])
			}
		}
	}
}

// addAny sums the pixels of any image, slowly.
func addAny(img image.Image) addRow {
	at := img.Bounds().Min
	return func(y int, edges []int, row []sum) {
		for i := range row {
			for x := edges[i]; x < edges[i+1]; x++ {
				row[i].add(sumOf(img.At(at.X+x, at.Y+y)))
			}
		}
	}
}

func sumOf(c color.Color) sum {
	r, g, b, a := c.RGBA()
	return sum{uint64(r >> 8), uint64(g >> 8), uint64(b >> 8), uint64(a >> 8)}
}

func (s *sum) add(o sum) {
	s.a, s.b, s.c, s.alpha = s.a+o.a, s.b+o.b, s.c+o.c, s.alpha+o.alpha
}

// meanPremultiplied is the mean of colors that are multiplied by their alpha.
func meanPremultiplied(s sum, n uint64) color.RGBA {
	white := 255 - (s.alpha+n/2)/n
	return color.RGBA{onWhite(s.a, n, white), onWhite(s.b, n, white), onWhite(s.c, n, white), 255}
}

// onWhite is the mean of a component, plus the white that shows through.
func onWhite(total, n, white uint64) uint8 { return uint8(min((total+n/2)/n+white, 255)) }
