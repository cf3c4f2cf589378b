package publicurl

import "testing"

func TestAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ address, base, path string }{
		"a host":               {"https://images.example.com", "https://images.example.com", ""},
		"a trailing slash":     {"https://images.example.com/", "https://images.example.com", ""},
		"a path":               {"https://images.example.com/aigc", "https://images.example.com/aigc", "/aigc"},
		"a path and a slash":   {"https://images.example.com/aigc//", "https://images.example.com/aigc", "/aigc"},
		"a deep path":          {"http://10.0.0.7:8080/a/b%20c/d/", "http://10.0.0.7:8080/a/b%20c/d", "/a/b%20c/d"},
		"white space":          {" https://images.example.com/ ", "https://images.example.com", ""},
		"an IPv6 address":      {"http://[::1]:5512/", "http://[::1]:5512", ""},
		"nothing":              {"", "", ""},
		"a path that is a dot": {"https://images.example.com/./", "https://images.example.com/.", "/."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := New(c.address)
			if string(a) != c.base || a.Path() != c.path {
				t.Errorf("%q, path %q", a, a.Path())
			}
			if got := a.To("/docs"); got != c.base+"/docs" {
				t.Error(got)
			}
			if got := a.Task("01a2"); got != c.base+"/api/tasks/01a2" {
				t.Error(got)
			}
			if got := a.Object("uploads/a b/100%.png"); got != c.base+"/api/images/uploads/a%20b/100%25.png" {
				t.Error(got)
			}
		})
	}
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://images.example.com/aigc": true, "http://192.168.1.4:5512": true, "http://127.0.0.1:5512": false, "http://127.1.2.3": false,
		"http://localhost:5512": false, "http://[::1]:5512": false, "http://0.0.0.0:5512": false, "": false, "images.example.com": false,
	} {
		if got := New(address).Reachable(); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestMCP(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"":                             "",
		"http://127.0.0.1:5513":        "http://127.0.0.1:5513/mcp",
		"https://mcp.example.com/":     "https://mcp.example.com/mcp",
		"https://example.com/aigc-mcp": "https://example.com/aigc-mcp/mcp",
		"https://example.com/aigc/mcp": "https://example.com/aigc/mcp",
		"https://example.com/mcp/v1/":  "https://example.com/mcp/v1",
		"https://example.com/mcp/v1/x": "https://example.com/mcp/v1/x/mcp",
	} {
		if got := MCP(base); got != want {
			t.Errorf("%s: %s, want %s", base, got, want)
		}
	}
}
