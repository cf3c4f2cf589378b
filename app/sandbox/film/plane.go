package film

import "image"

// plane is one component of a picture.
type plane struct {
	stride int
	pix    []uint8
}

// planes are a picture as H.264 sees it: brightness, and two colour
// differences at half the width and height.
type planes [3]plane

func newPlanes(w, h int) *planes {
	pix := make([]uint8, w*h*3/2)
	return &planes{{w, pix[:w*h]}, {w / 2, pix[w*h : w*h*5/4]}, {w / 2, pix[w*h*5/4:]}}
}

// bt709 is the code of the colour space that toPlanes speaks.
const bt709 = 1

// toPlanes converts a picture to w by h pixels, both even: its last column and
// row are repeated as far as needed.
func toPlanes(img *image.RGBA, w, h int) *planes {
	p := newPlanes(w, h)
	size := img.Bounds().Size()
	for y := 0; y < h; y += 2 {
		top, bottom := img.Pix[min(y, size.Y-1)*img.Stride:], img.Pix[min(y+1, size.Y-1)*img.Stride:]
		out0, out1 := p[0].pix[y*w:][:w], p[0].pix[(y+1)*w:][:w]
		cb, cr := p[1].pix[y/2*(w/2):][:w/2], p[2].pix[y/2*(w/2):][:w/2]
		for x := 0; x < w; x += 2 {
			l, r := 4*min(x, size.X-1), 4*min(x+1, size.X-1)
			a, b, c, d := top[l:l+3:l+3], top[r:r+3:r+3], bottom[l:l+3:l+3], bottom[r:r+3:r+3]
			out0[x], out0[x+1] = luma(a[0], a[1], a[2]), luma(b[0], b[1], b[2])
			out1[x], out1[x+1] = luma(c[0], c[1], c[2]), luma(d[0], d[1], d[2])
			cb[x/2], cr[x/2] = chroma(
				int32(a[0])+int32(b[0])+int32(c[0])+int32(d[0]),
				int32(a[1])+int32(b[1])+int32(c[1])+int32(d[1]),
				int32(a[2])+int32(b[2])+int32(c[2])+int32(d[2]))
		}
	}
	return p
}

// luma is the brightness of one pixel in studio range, 16 to 235.
func luma(r, g, b uint8) uint8 {
	return uint8((11966*int32(r) + 40254*int32(g) + 4064*int32(b) + 16<<16 + 1<<15) >> 16)
}

// chroma is the colour of the sum of four pixels.
func chroma(r, g, b int32) (cb, cr uint8) {
	return uint8((-6596*r - 22189*g + 28785*b + 128<<18 + 1<<17) >> 18), uint8((28785*r - 26145*g - 2640*b + 128<<18 + 1<<17) >> 18)
}
