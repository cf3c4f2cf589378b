package app

import (
	"testing"

	"aigc/config"
)

func TestResourceLinks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		setting, public string
		private, want   bool
	}{
		"auto, on loopback":           {"auto", "http://127.0.0.1:5512", false, false},
		"auto, on every address":      {"auto", "http://0.0.0.0:5512", false, false},
		"auto, a name":                {"auto", "https://images.example.com", false, true},
		"auto, links that need a key": {"auto", "https://images.example.com", true, false},
		"on":                          {"on", "http://127.0.0.1:5512", false, true},
		"off":                         {"off", "https://images.example.com", false, false},
	} {
		s := &config.Settings{}
		s.MCPLinks, s.PrivateLinks = c.setting, c.private
		if got := resourceLinks(s, c.public); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
