package openai

import (
	"aigc/app/provider"
	"encoding/json"
	"math"
	"testing"
)

func TestGenOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		model    string
		gen      Gen
		faithful bool
	}{
		{"gpt-image-1", Gen1, true}, // a gateway may still serve it
		{"gpt-image-1-mini", Gen1, false},
		{"gpt-image-1.5", Gen1, true},
		{"gpt-image-1.5-2025-12-16", Gen1, true},
		{"chatgpt-image-latest", Gen1, false},
		{"gpt-image-2", Gen2, false},
		{"gpt-image-2-2026-04-21", Gen2, false},
		{"gpt-image-2.5-flare", Gen25, false},
		{"gpt-image-2.6-sunburst", Gen26, false},
		{"gpt-image-2.7-flare", GenNext, false},
		{"gpt-image-20", GenNext, false},
		{"something-else", GenNext, false},
	}
	for _, c := range cases {
		if GenOf(c.model) != c.gen || Faithful(c.model) != c.faithful {
			t.Errorf("%s: generation %d, faithful %t", c.model, GenOf(c.model), Faithful(c.model))
		}
	}
}

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
			if m := SizeFault(c.w, c.h); (m == "") != c.sound {
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
			if m := FrameFault(c.w, c.h, c.frames); (m == "") != c.sound {
				t.Errorf("%q", m)
			}
		})
	}
	if (&GIF{FrameCount: 4}).Frames() != 4 || (&GIF{}).Frames() != 9 || (*GIF)(nil).Frames() != 9 {
		t.Error("frames")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w, h int
		want string
	}{{256, 256, "1024x1024"}, {1792, 1024, "1536x1024"}, {1024, 1792, "1024x1536"}, {1100, 1000, "1024x1024"}} {
		if got := Nearest(c.w, c.h); got != c.want {
			t.Errorf("%dx%d became %s", c.w, c.h, got)
		}
	}
}

// The sheet's sample answer: 14 tokens of text and 660 of picture.
func TestCost(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		list  []provider.Price
		usage string
		usd   float64 // negative: not known
	}{
		{"sample", Tokens, `{"input_tokens":14,"output_tokens":660,"input_tokens_details":{"text_tokens":14,"image_tokens":0},"output_tokens_details":{"image_tokens":660,"text_tokens":0}}`, 0.01987},
		{"pictures in", Tokens, `{"output_tokens":1000,"input_tokens_details":{"text_tokens":1000,"image_tokens":1000}}`, 0.043},
		{"no details", Prices25, `{"input_tokens":100,"output_tokens":100}`, 0.0035},
		{"text came out", Tokens, `{"output_tokens":1000,"output_tokens_details":{"image_tokens":100,"text_tokens":900}}`, -1},
		{"older model", Prices15, `{"output_tokens":1000}`, -1},
		{"unknown model", nil, `{"output_tokens":1000}`, -1},
		{"nothing came", Tokens, `{"output_tokens":0}`, -1},
		{"nonsense", Tokens, `{"output_tokens":1,"input_tokens_details":{"text_tokens":-1}}`, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var u usage
			if err := json.Unmarshal([]byte(c.usage), &u); err != nil {
				t.Fatal(err)
			}
			switch got := provider.Cost(c.list, nil, u.quantities()...); {
			case got == nil && c.usd >= 0, got != nil && c.usd < 0:
				t.Errorf("%v", got)
			case got != nil && (math.Abs(got.Amount()-c.usd) > 1e-9 || got.Currency != "USD"):
				t.Errorf("%v, want %v", *got, c.usd)
			}
		})
	}
}
