package service_test

import (
	"testing"

	"aigc/app/service"
)

// Others are told an address only if they can reach it without a key.
func TestOpenAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		public  string
		private bool
		want    string
	}{
		"a name":             {"https://images.example.com", false, "https://images.example.com/api/images/a%20b/c.png"},
		"below a path":       {"https://example.com/aigc/", false, "https://example.com/aigc/api/images/a%20b/c.png"},
		"an address":         {"http://203.0.113.7:5512", false, "http://203.0.113.7:5512/api/images/a%20b/c.png"},
		"loopback":           {"http://127.0.0.1:5512", false, ""},
		"loopback, IPv6":     {"http://[::1]:5512", false, ""},
		"localhost":          {"http://localhost:5512", false, ""},
		"no one address":     {"http://0.0.0.0:5512", false, ""},
		"none":               {"", false, ""},
		"links want a key":   {"https://images.example.com", true, ""},
		"no address of ours": {"://", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := service.OpenAddress(c.public, c.private)("a b/c.png"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
