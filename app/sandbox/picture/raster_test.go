package picture

import (
	"image"
	"math"
	"testing"
)

// TestFillArea checks the cover of shapes against their area.
func TestFillArea(t *testing.T) {
	cases := []struct {
		name, path, clip string
		area             float64
	}{
		{"square", `M10.5,10.5 L30.5,10.5 L30.5,30.5 L10.5,30.5 Z`, "", 400},
		{"triangle", `M10,10 L90,20 L30,70 Z`, "", 2300},
		{"sliver", `M5,50 L95,50.5 L95,51 Z`, "", 22.5},
		{"oval", `O50,50 30,20`, "", math.Pi * 600},
		{"overlap counts once", `M10,10 L50,10 L50,50 L10,50 Z M30,10 L70,10 L70,50 L30,50 Z`, "", 2400},
		{"hole", `M10,10 L50,10 L50,50 L10,50 Z M20,20 L20,40 L40,40 L40,20 Z`, "", 1200},
		{"clip", `M10,10 L50,10 L50,50 L10,50 Z`, `M30,30 L90,30 L90,90 L30,90 Z`, 400},
		{"clip elsewhere", `M10,10 L20,10 L20,20 Z`, `M50,50 L90,50 L90,90 Z`, 0},
		{"out to all sides", `M-50,-50 L150,-50 L150,150 L-50,150 Z`, "", 10000},
		{"cut on the left", `M-20,20 L20,20 L20,40 L-20,40 Z`, "", 400},
		{"outside", `M110,20 L120,20 L120,40 Z`, "", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			img := image.NewRGBA(image.Rect(0, 0, 100, 100))
			cv := newCanvas(img)
			var clip [][]point
			if c.clip != "" {
				clip = cv.outline(scaling(0, 0, 1), c.clip)
			}
			cv.fill(cv.outline(scaling(0, 0, 1), c.path), clip, flat(rgb(0xffffff)))
			sum := 0.0
			for i := 3; i < len(img.Pix); i += 4 {
				sum += float64(img.Pix[i]) / 255
			}
			if math.Abs(sum-c.area) > 0.5+c.area*0.004 {
				t.Errorf("covers %.2f pixels, want %.2f", sum, c.area)
			}
		})
	}
}

// TestFillBands checks shapes that are larger than one band, and that bands
// meet without a seam.
func TestFillBands(t *testing.T) {
	const side = 1000
	cases := []struct {
		name, path, clip string
		area             float64
	}{
		{"diamond", `M500,20 L980,500 L500,980 L20,500 Z`, "", 2 * 480 * 480},
		{"tall and narrow", `M10,0 L30,0 L230,1000 L210,1000 Z`, "", 20000},
		{"clip", `M0,0 L1000,0 L1000,1000 L0,1000 Z`, `M500,20 L980,500 L500,980 L20,500 Z`, 2 * 480 * 480},
		{"out to all sides", `M-500,-500 L1500,-500 L1500,1500 L-500,1500 Z`, "", side * side},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			img := image.NewRGBA(image.Rect(0, 0, side, side))
			cv := newCanvas(img)
			var clip [][]point
			if c.clip != "" {
				clip = cv.outline(scaling(0, 0, 1), c.clip)
			}
			cv.fill(cv.outline(scaling(0, 0, 1), c.path), clip, flat(rgb(0xffffff)))
			sum, before := 0.0, 0.0
			for y := range side {
				row := 0.0
				for x := range side {
					row += float64(img.RGBAAt(x, y).A) / 255
				}
				if y > 0 && math.Abs(row-before) > 3 {
					t.Errorf("row %d covers %.1f pixels, the one above %.1f", y, row, before)
				}
				sum, before = sum+row, row
			}
			if math.Abs(sum-c.area) > c.area*0.001 {
				t.Errorf("covers %.1f pixels, want %.1f", sum, c.area)
			}
		})
	}
}

func TestTraceRejects(t *testing.T) {
	for _, path := range []string{"M1", "M1,2 L3", "1,2", "M1,2 S3,4", "M1,-", "M1,2 L3,4..5"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q: no panic", path)
				}
			}()
			p := pen{m: scaling(0, 0, 1)}
			p.trace(path)
		}()
	}
}
