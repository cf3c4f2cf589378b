package provider_test

import (
	"math"
	"testing"

	"aigc/app/provider"
)

func TestParse(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text  string
		w, h  int // of a size
		ratio float64
		shape float64 // of either; 0: none
	}{
		{"1024x768", 1024, 768, 0, 4.0 / 3},
		{"1024X768", 1024, 768, 0, 4.0 / 3},
		{"1024*768", 1024, 768, 0, 4.0 / 3},
		{"1024×768", 1024, 768, 0, 4.0 / 3},
		{"16:9", 0, 0, 16.0 / 9, 16.0 / 9},
		{"2.39:1", 0, 0, 2.39, 2.39},
		{"1024:1024", 0, 0, 1, 1},
		{"", 0, 0, 0, 0},
		{"auto", 0, 0, 0, 0},
		{"x", 0, 0, 0, 0},
		{"2K", 0, 0, 0, 0},
		{"1024", 0, 0, 0, 0},
		{"1024x", 0, 0, 0, 0},
		{" 1024 x 768\n", 1024, 768, 0, 4.0 / 3},
		{"1024px × 768px", 1024, 768, 0, 4.0 / 3},
		{"16 : 9", 0, 0, 16.0 / 9, 16.0 / 9},
		{"16：9", 0, 0, 16.0 / 9, 16.0 / 9},
		{"16/9", 0, 0, 16.0 / 9, 16.0 / 9},
		{"1024.5x768", 0, 0, 0, 0},
		{"1024x768x3", 0, 0, 0, 0},
		{"0x768", 0, 0, 0, 0},
		{"-5x-5", 0, 0, 0, 0},
		{"0:9", 0, 0, 0, 0},
		{"9:0", 0, 0, 0, 0},
		{"NaN:1", 0, 0, 0, 0},
		{"Inf:1", 0, 0, 0, 0},
		{"Inf:Inf", 0, 0, 0, 0},
		{"16:9:1", 0, 0, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			if w, h, ok := provider.ParseSize(c.text); ok != (c.w > 0) || ok && (w != c.w || h != c.h) {
				t.Errorf("size %dx%d, %t", w, h, ok)
			}
			if r, ok := provider.ParseRatio(c.text); ok != (c.ratio > 0) || ok && r != c.ratio {
				t.Errorf("ratio %g, %t", r, ok)
			}
			if r, ok := provider.ShapeOf(c.text); ok != (c.shape > 0) || ok && r != c.shape {
				t.Errorf("shape %g, %t", r, ok)
			}
		})
	}
	if got := provider.FormatSize(1024, 768); got != "1024x768" {
		t.Error(got)
	}
}

func TestRounding(t *testing.T) {
	t.Parallel()
	cases := []struct {
		v              float64
		step           int
		down, near, up int
	}{
		{1024, 16, 1024, 1024, 1024},
		{1023.9999999, 16, 1024, 1024, 1024},
		{1024.0000001, 16, 1024, 1024, 1024},
		{1025, 16, 1024, 1024, 1040},
		{1032, 16, 1024, 1040, 1040},
		{1039, 16, 1024, 1040, 1040},
		{3, 16, 16, 16, 16},
		{7.5, 1, 7, 8, 8},
	}
	for _, c := range cases {
		if d, n, u := provider.RoundDown(c.v, c.step), provider.RoundNear(c.v, c.step), provider.RoundUp(c.v, c.step); d != c.down || n != c.near || u != c.up {
			t.Errorf("%g by %d: %d, %d, %d; want %d, %d, %d", c.v, c.step, d, n, u, c.down, c.near, c.up)
		}
	}
}

func TestSides(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name                string
		ratio               float64
		area, step, longest int
		w, h                int
	}{
		{"square", 1, 1 << 20, 16, 0, 1024, 1024},
		{"wide", 16.0 / 9, 1 << 20, 16, 0, 1360, 768},
		{"tall", 9.0 / 16, 1 << 20, 32, 1440, 768, 1344},
		{"capped", 21.0 / 9, 1 << 20, 32, 1440, 1440, 608},
		{"tiny", 100, 64, 16, 0, 80, 16},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if w, h := provider.Sides(c.ratio, c.area, c.step, c.longest); w != c.w || h != c.h {
				t.Errorf("%dx%d, want %dx%d", w, h, c.w, c.h)
			}
		})
	}
}

// Rules of real models.
var (
	gptRule   = provider.SizeRule{Step: 16, MaxSide: 3840, MaxStretch: 3, MinPixels: 655_360, MaxPixels: 8_294_400}
	glmRule   = provider.SizeRule{Step: 32, MinSide: 1024, MaxSide: 2048, MaxPixels: 1 << 22}
	cogRule   = provider.SizeRule{Step: 16, MinSide: 512, MaxSide: 2048, MaxPixels: 1 << 21}
	arkRule   = provider.SizeRule{MaxStretch: 16, MinPixels: 3_686_400, MaxPixels: 16_777_216}
	hailuo    = provider.SizeRule{Step: 8, MinSide: 512, MaxSide: 2048}
	hunyuan   = provider.SizeRule{MinSide: 512, MaxSide: 2048, MaxPixels: 1024 * 1024}
	leastOnly = provider.SizeRule{MinPixels: 1_000_000}
)

func TestSizeRule(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name       string
		rule       provider.SizeRule
		w, h       int
		wrong      string // message of Check; empty: supported
		fitW, fitH int
	}{
		{"allowed", gptRule, 1024, 640, "", 1024, 640},
		{"no multiple", gptRule, 1000, 1000, "both sides must be multiples of 16", 1008, 1008},
		{"too long", gptRule, 3856, 1600, "each side may have at most 3840 pixels", 3840, 1584},
		{"too wide", gptRule, 3200, 640, "the ratio of the sides must lie between 1:3 and 3:1", 1920, 640},
		{"too few pixels", gptRule, 512, 512, "the image must have 655,360 to 8,294,400 pixels", 816, 816},
		{"too many pixels", gptRule, 3840, 3840, "the image must have 655,360 to 8,294,400 pixels", 2880, 2880},
		{"too short a side", glmRule, 1024, 768, "each side must have at least 1024 pixels", 1376, 1024},
		{"far too short a side", glmRule, 2048, 64, "each side must have at least 1024 pixels", 2048, 1024},
		{"far too large", glmRule, 8192, 8192, "each side may have at most 2048 pixels", 2048, 2048},
		{"multiple of another step", glmRule, 1072, 1072, "both sides must be multiples of 32", 1088, 1088},
		{"half the step", cogRule, 1016, 1016, "both sides must be multiples of 16", 1024, 1024},
		{"largest sides, too many pixels", cogRule, 2048, 2048, "the image must have at most 2,097,152 pixels", 1440, 1440},
		{"any sides", arkRule, 2001, 2003, "", 2001, 2003},
		{"enlarged to the minimum", arkRule, 1024, 1024, "the image must have 3,686,400 to 16,777,216 pixels", 1920, 1920},
		{"no area", hailuo, 2048, 2048, "", 2048, 2048},
		{"tall", hunyuan, 720, 1280, "", 720, 1280},
		{"tall and large", hunyuan, 1440, 2560, "each side may have at most 2048 pixels", 768, 1365},
		{"least pixels alone", leastOnly, 500, 500, "the image must have at least 1,000,000 pixels", 1000, 1000},
		{"no rule", provider.SizeRule{}, 1, 9999, "", 1, 9999},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if m := c.rule.Check(c.w, c.h); m != c.wrong {
				t.Errorf("%q, want %q", m, c.wrong)
			}
			if w, h := c.rule.Fit(c.w, c.h); w != c.fitW || h != c.fitH {
				t.Errorf("fitted to %dx%d, want %dx%d", w, h, c.fitW, c.fitH)
			}
		})
	}
}

// Fit returns supported sizes, of about the same shape where the limits of sides
// allow it.
func TestFitIsAllowed(t *testing.T) {
	t.Parallel()
	for _, rule := range []provider.SizeRule{gptRule, glmRule, cogRule, arkRule, hailuo, hunyuan, leastOnly} {
		for w := 100; w < 6000; w += 137 {
			for h := 100; h < 6000; h += 139 {
				x, y := rule.Fit(w, h)
				if m := rule.Check(x, y); m != "" {
					t.Fatalf("%+v: %dx%d became %dx%d: %s", rule, w, h, x, y, m)
				}
				if got, want := float64(x)/float64(y), float64(w)/float64(h); want > 0.7 && want < 1.4 && math.Abs(math.Log(got/want)) > 0.05 {
					t.Fatalf("%+v: %dx%d became %dx%d", rule, w, h, x, y)
				}
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	kolors := []string{"1024x1024", "960x1280", "768x1024", "720x1440", "720x1280"}
	ratios := []string{"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"}
	halves := []string{"3:4", "4:3"} // equally far from a square
	cases := []struct {
		name  string
		list  []string
		w, h  int
		shape string
		size  string // empty: the list holds no sizes
	}{
		{"exact ratio", ratios, 1920, 1080, "16:9", ""},
		{"between", ratios, 1500, 1000, "3:2", ""},
		{"very wide", ratios, 4000, 500, "21:9", ""},
		{"very tall", ratios, 500, 4000, "9:16", ""},
		{"equally near: the wider", halves, 1000, 1000, "4:3", ""},
		{"exact size", kolors, 768, 1024, "960x1280", "768x1024"},
		{"larger of a shape", kolors, 1080, 1440, "960x1280", "960x1280"},
		{"shape before area", kolors, 1080, 1920, "720x1280", "720x1280"},
		{"no such shape in the list", kolors, 1920, 1080, "1024x1024", "1024x1024"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := provider.NearestShape(c.list, c.w, c.h)
			if a, _ := provider.ShapeOf(got); got != c.shape {
				b, _ := provider.ShapeOf(c.shape)
				if c.size == "" || a != b {
					t.Errorf("shape %s, want %s", got, c.shape)
				}
			}
			if c.size != "" {
				if got := provider.NearestSize(c.list, c.w, c.h); got != c.size {
					t.Errorf("size %s, want %s", got, c.size)
				}
			}
		})
	}
	tiers := []float64{1024, 2048, 4096}
	for want, v := range map[float64]float64{900: 1024, 1448.1546878700494: 2048, 3000: 4096, 9000: 4096} {
		if got := provider.Nearest(tiers, func(v float64) float64 { return v }, want); got != v {
			t.Errorf("%g became %g, want %g", want, got, v)
		}
	}
}
