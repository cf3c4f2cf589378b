package publicurl

import (
	"net/url"
	"strings"

	"aigc/app/hostname"
)

// API is the public base address of the REST API, without a trailing slash:
// "https://images.example.com/aigc".
type API string

// New makes the base of an address as it is configured.
func New(address string) API { return API(strings.TrimRight(strings.TrimSpace(address), "/")) }

// To returns the address of a path, which begins with a slash.
func (a API) To(path string) string { return string(a) + path }

// Task returns the address of a task.
func (a API) Task(id string) string { return a.To("/api/tasks/" + url.PathEscape(id)) }

// Object returns the stable address of a stored file.
func (a API) Object(name string) string {
	return a.To("/api/images/" + (&url.URL{Path: name}).EscapedPath())
}

// Path returns the path of the base, which a proxy removes; usually empty.
func (a API) Path() string {
	u, err := url.Parse(string(a))
	if err != nil {
		return ""
	}
	return u.EscapedPath()
}

// Reachable reports whether other machines can use the address: its host is neither a
// loopback address nor an unspecified one.
func (a API) Reachable() bool {
	u, err := url.Parse(string(a))
	return err == nil && u.Hostname() != "" && !hostname.IsLoopback(hostname.Normalize(u.Host))
}

// mcpPaths are the paths at which the server serves MCP.
var mcpPaths = []string{"/mcp", "/mcp/v1"}

// MCP returns the address of MCP on a server with this base address. The base may name
// the endpoint already. An empty base gives an empty address.
func MCP(base string) string {
	base = string(New(base))
	if base == "" {
		return ""
	}
	for _, p := range mcpPaths {
		if strings.HasSuffix(base, p) {
			return base
		}
	}
	return base + mcpPaths[0]
}
