package provider_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"aigc/app/provider"
)

func TestSanitize(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, text, want string }{
		{"plain", "Invalid size.", "Invalid size."},
		{"lines", " one\r\n\ttwo\x00three ", "one two three"},
		{"broken text", "caf\xe9 \xf0\x9f", "caf"},
		{"empty", " \n", ""},
		{"chinese", "内容违规", "内容违规"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := provider.Sanitize(c.text); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for _, long := range []string{strings.Repeat("x", 1000), strings.Repeat("界", 100_000), strings.Repeat(" 界\n", 9999)} {
		if got := provider.Sanitize(long); len(got) > 500 || len(got) < 490 || !utf8.ValidString(got) {
			t.Errorf("%d bytes of %d: %q", len(got), len(long), got)
		}
	}
}

// A code is at most 64 letters, digits, "_", "." and "-"; a sentence is none.
func TestVendorCode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"invalid_request_error": "invalid_request_error", "1301": "1301", "Bad Request": "Bad_Request", "a/b:c": "a_b_c", "<b>\u00e9": "b", "": "", "•••": "",
		"the prompt 'a red fox' is not allowed": "", strings.Repeat("x", 100): strings.Repeat("x", 64),
	} {
		if got := provider.VendorCode(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
