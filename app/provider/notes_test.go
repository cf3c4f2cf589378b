package provider_test

import (
	"slices"
	"testing"

	"aigc/app/provider"
)

// The wording of warnings, which all vendors share.
func TestNotes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		note func(n *provider.Notes) bool
		sent bool
		want []string
	}{
		{"supported", func(n *provider.Notes) bool { return n.Takes("seed", true, true) }, true, nil},
		{"not given", func(n *provider.Notes) bool { return n.Takes("seed", false, true) }, false, nil},
		{"neither", func(n *provider.Notes) bool { return n.Takes("seed", false, false) }, false, nil},
		{"not supported", func(n *provider.Notes) bool { return n.Takes("seed", true, false) }, false, []string{"seed ignored: acme-1 does not support it."}},
		{"ignored", func(n *provider.Notes) bool {
			n.Ignored("aspect_ratio", "size %s already sets the shape", "8x8")
			return false
		}, false, []string{"aspect_ratio ignored: size 8x8 already sets the shape."}},
		{"rounded", func(n *provider.Notes) bool {
			n.Rounded("duration", 5, 6)
			n.Rounded("size", "512x512", "1024x1024")
			n.Rounded("guidance", 1.5, 1.5)
			return false
		}, false, []string{"duration 5 rounded to the nearest supported value, 6.", "size 512x512 rounded to the nearest supported value, 1024x1024."}},
		{"replaced", func(n *provider.Notes) bool {
			n.Replaced("width and height", "aspect_ratio 16:9", "%s takes no sides", n.Model)
			return false
		}, false, []string{"width and height replaced by aspect_ratio 16:9: acme-1 takes no sides."}},
		{"own words", func(n *provider.Notes) bool { n.Say("Only %d.", 2); return false }, false, []string{"Only 2."}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := &provider.Notes{Model: "acme-1"}
			if sent := c.note(n); sent != c.sent || !slices.Equal(n.Warnings(), c.want) {
				t.Errorf("%t, %q; want %t, %q", sent, n.Warnings(), c.sent, c.want)
			}
		})
	}
}
