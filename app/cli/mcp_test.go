package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A server that serves MCP below its own address is called there, by whatever address the
// caller has: behind a proxy that removes a path, or through a tunnel.
func TestMCPPath(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.StripPrefix("/aigc", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprint(w, `{"mcp":"https://mcp.example.com/mcp","mcp_path":"/mcp"}`)
	})))
	defer s.Close()
	for _, base := range []string{s.URL + "/aigc", s.URL + "/aigc/"} {
		if got, err := newClient(base, "key").mcp(t.Context()); err != nil || got != s.URL+"/aigc/mcp" {
			t.Errorf("%s: %q, %v", base, got, err)
		}
	}
}

// The API key goes to the MCP address that a server names, so that has to be on the
// same host.
func TestMCPAddress(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, root, want string // want is empty: an error
	}{
		{"loopback", "http://127.0.0.1:5513/mcp", "http://127.0.0.1:5513/mcp"},
		{"every address", "http://localhost:5513", "http://127.0.0.1:5513/mcp"},
		{"under a path", "http://127.0.0.1:80/aigc/", "http://127.0.0.1:80/aigc/mcp"},
		{"another host", "http://mcp.example.com/mcp", ""},
		{"none", "", ""},
		{"not an address", "mcp", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"mcp":%q}`, c.root) }))
			defer s.Close()
			got, err := newClient(s.URL, "key").mcp(t.Context())
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}
