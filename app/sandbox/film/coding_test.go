package film

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestBits(t *testing.T) {
	var b bitWriter
	for _, v := range []int{0, 1, 2, 3, 7} {
		b.ue(v) // 1 010 011 00100 0001000
	}
	for _, v := range []int{1, -1, 2} {
		b.se(v) // 010 011 00100
	}
	b.trail()
	if got, want := fmt.Sprintf("%08b", b.out), "[10100110 01000001 00001001 10010010]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnitNeverLooksLikeAStart(t *testing.T) {
	cases := map[string][2][]byte{
		"plain":       {{1, 2, 3}, {unitSPS, 1, 2, 3}},
		"start code":  {{0, 0, 1}, {unitSPS, 0, 0, 3, 1}},
		"many zeros":  {{0, 0, 0, 0, 0}, {unitSPS, 0, 0, 3, 0, 0, 3, 0}},
		"escape":      {{0, 0, 3, 9}, {unitSPS, 0, 0, 3, 3, 9}},
		"harmless":    {{0, 0, 4, 0, 1}, {unitSPS, 0, 0, 4, 0, 1}},
		"interrupted": {{0, 1, 0, 2}, {unitSPS, 0, 1, 0, 2}},
		"empty":       {nil, {unitSPS}},
	}
	for name, c := range cases {
		if got := appendUnit(nil, unitSPS, c[0]); !slices.Equal(got, c[1]) {
			t.Errorf("%s: % x, want % x", name, got, c[1])
		}
	}
}

// TestCodesArePrefixFree proves that no code begins another of its table.
func TestCodesArePrefixFree(t *testing.T) {
	tables := map[string][]vlc{}
	for i, token := range tokenOf {
		for _, c := range token {
			tables[fmt.Sprint("token", i)] = append(tables[fmt.Sprint("token", i)], c[:]...)
		}
	}
	for _, c := range tokenOfMean {
		tables["token of mean"] = append(tables["token of mean"], c[:]...)
	}
	for name, list := range map[string][][]vlc{"zeros": zerosOf, "zeros of mean": zerosOfMean, "run": runOf} {
		for i, c := range list {
			tables[fmt.Sprint(name, i)] = c
		}
	}
	for name, codes := range tables {
		var seen []string
		for _, c := range codes {
			if c.n == 0 {
				continue // impossible
			}
			s := fmt.Sprintf("%0*b", c.n, c.bits)
			for _, other := range seen {
				if strings.HasPrefix(s, other) || strings.HasPrefix(other, s) {
					t.Errorf("%s: %s and %s", name, s, other)
				}
			}
			seen = append(seen, s)
		}
	}
}

// TestResidual checks the worked examples of the standard's literature.
func TestResidual(t *testing.T) {
	cases := []struct {
		name    string
		levels  []int32
		context int
		want    string
	}{
		// 5 levels, 3 trailing ones, values 1 and 3, 3 zeros, runs 1 0 0 1.
		{"mixed", []int32{0, 3, 0, 1, -1, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, 0, "000010001110010111101101"},
		{"nothing", make([]int32, 16), 0, "1"},
		{"mean of chroma", []int32{1, 0, 0, 0}, meanOfChroma, "101"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var b bitWriter
			b.residual(c.levels, c.context)
			got := ""
			for _, o := range b.out {
				got += fmt.Sprintf("%08b", o)
			}
			if b.have > 0 {
				got += fmt.Sprintf("%0*b", b.have, b.acc&(1<<b.have-1))
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestLevel(t *testing.T) {
	cases := []struct{ w, h, fps, want int }{
		{320, 180, 24, 12}, {640, 360, 24, 30}, {1280, 720, 24, 31}, {1920, 1080, 24, 40}, {1920, 1080, 60, 42}, {3840, 2160, 24, 51}, {4096, 4096, 24, 60}, {4096, 64, 24, 40},
	}
	for _, c := range cases {
		if got := newFormat(c.w, c.h, c.fps).level(); got != c.want {
			t.Errorf("%dx%d at %d: level %d, want %d", c.w, c.h, c.fps, got, c.want)
		}
	}
}

// TestQuietBlocks proves that the short cut for nearly equal blocks gives what
// the long way gives.
func TestQuietBlocks(t *testing.T) {
	for qp := range 52 {
		q := newQuantiser(qp)
		for seed := range int32(200) {
			var b block
			left := q.quiet
			for i := range b {
				d := min((seed*7+int32(i)*13)%23%(seed%5+2), left)
				left -= d
				if b[i] = d; (seed+int32(i)*3)%5 < 2 {
					b[i] = -d
				}
			}
			b.forward()
			for k := 1; k < 16; k++ {
				if q.level(b[k], placeOf[k], 0) != 0 {
					t.Fatalf("quantiser %d: place %d is not zero", qp, k)
				}
			}
		}
	}
}
