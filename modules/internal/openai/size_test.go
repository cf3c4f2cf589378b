package openai

import "testing"

func TestSizes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		w, h  int
		sound bool
	}{
		{"square", 1024, 1024, true},
		{"longest side", 3840, 2160, true},
		{"most pixels", 2880, 2880, true},
		{"fewest pixels", 1024, 640, true},
		{"a row too few", 1024, 624, false},
		{"no multiple", 1000, 1000, false},
		{"too long", 3856, 1600, false},
		{"too many pixels", 3840, 2176, false},
		{"widest", 1488, 496, true},
		{"too wide", 1920, 624, false},
		{"too tall", 624, 1920, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if m := sizeRule.Check(c.w, c.h); (m == "") != c.sound {
				t.Errorf("%dx%d: %q", c.w, c.h, m)
			}
		})
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name         string
		w, h, frames int
		sound        bool
	}{
		{"nine at most", 960, 960, 9, true},
		{"nine too large", 976, 960, 9, false},
		{"ten", 816, 816, 10, true},
		{"ten too large", 832, 832, 12, false},
		{"sixteen", 720, 720, 16, true},
		{"sixteen too large", 736, 736, 13, false},
		{"no multiple", 250, 250, 9, false},
		{"too small together", 256, 256, 9, false},
		{"small, but many", 256, 256, 10, true},
		{"too wide", 960, 304, 9, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if m := checkFrames(c.w, c.h, c.frames); (m == "") != c.sound {
				t.Errorf("%q", m)
			}
		})
	}
	if (&GIF{FrameCount: 4}).frames() != 4 || (&GIF{}).frames() != 9 || (*GIF)(nil).frames() != 9 {
		t.Error("frames")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h int
		want string
	}{{256, 256, "1024x1024"}, {1792, 1024, "1536x1024"}, {1024, 1792, "1024x1536"}, {1100, 1000, "1024x1024"}} {
		if got := nearestGen1Size(c.w, c.h); got != c.want {
			t.Errorf("%dx%d became %s", c.w, c.h, got)
		}
	}
}
