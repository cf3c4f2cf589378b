package service_test

import (
	"testing"

	"aigc/app/service"
)

// An address is built only if other machines can fetch it without a key.
func TestOpenAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		public  string
		private bool
		want    string
	}{
		"a name":           {"https://images.example.com", false, "https://images.example.com/api/images/a%20b/c.png"},
		"below a path":     {"https://example.com/aigc/", false, "https://example.com/aigc/api/images/a%20b/c.png"},
		"an address":       {"http://203.0.113.7:5512", false, "http://203.0.113.7:5512/api/images/a%20b/c.png"},
		"loopback":         {"http://127.0.0.1:5512", false, ""},
		"loopback, IPv6":   {"http://[::1]:5512", false, ""},
		"localhost":        {"http://localhost:5512", false, ""},
		"all addresses":    {"http://0.0.0.0:5512", false, ""},
		"none":             {"", false, ""},
		"links need a key": {"https://images.example.com", true, ""},
		"an invalid URL":   {"://", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := service.OpenAddress(c.public, c.private)("a b/c.png"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
