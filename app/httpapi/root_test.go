package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"aigc/app/httpapi"
)

// GET / is a page for browsers and JSON for programs.
func TestRootByAccept(t *testing.T) {
	t.Parallel()
	r := start(t)
	for name, c := range map[string]struct {
		accept string
		page   bool
	}{
		"none":                   {"", false},
		"anything":               {"*/*", false},
		"JSON":                   {"application/json", false},
		"Chrome":                 {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true},
		"HTML":                   {"text/html", true},
		"JSON before HTML":       {"application/json, text/html;q=0.5", false},
		"HTML before JSON":       {"application/json;q=0.5, text/html", true},
		"HTML refused":           {"text/html;q=0, */*", false},
		"in capitals":            {"TEXT/HTML", true},
		"with a charset":         {"text/html; charset=utf-8", true},
		"not parsable":           {";;;", false},
		"an image, as of <img>":  {"image/avif,image/webp,*/*;q=0.8", false},
		"a wildcard of text":     {"text/*", false},
		"JSON and HTML the same": {"text/html, application/json", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("GET", "/", "", "Accept", c.accept)
			kind := a.Header.Get("Content-Type")
			if a.StatusCode != 200 || strings.HasPrefix(kind, "text/html") != c.page || a.Header.Get("Vary") != "Accept" {
				t.Errorf("%d %s %v", a.StatusCode, kind, a.Header["Vary"])
			}
		})
	}
}

// The page runs nothing and loads nothing: its policy allows only the style and the icon
// in it.
func TestRootPage(t *testing.T) {
	t.Parallel()
	open := start(t, func(_ *rig, c *httpapi.Config) { c.MCPURL = "http://127.0.0.1:5513/mcp" })
	page := open.do("GET", "/", "", "Accept", "text/html")
	body := string(page.body)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body)
	sum := sha256.Sum256([]byte(style[1]))
	csp := page.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy: %s", csp)
	}
	if strings.Contains(body, "<script") || strings.Contains(body, "ZgotmplZ") || strings.Contains(body, `style="`) {
		t.Errorf("the page has scripts or refused values:\n%s", body)
	}
	for _, part := range []string{
		`href="` + open.url + `/docs"`, `href="` + open.url + `/api/health"`, `href="` + open.url + `/openapi.json"`,
		"curl -s " + open.url + "/api/gallery/draw", "&#34;url&#34;: &#34;http://127.0.0.1:5513/mcp&#34;", "export AIGC_URL=" + open.url + "\naigc generate gallery",
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the page lacks %s:\n%s", part, body)
		}
	}
	if strings.Contains(body, "KEY") {
		t.Error("an open server's page asks for a key")
	}
	keyed := string(start(t, withKeys).do("GET", "/", "", "Accept", "text/html").body)
	if !strings.Contains(keyed, "Authorization: Bearer KEY") || !strings.Contains(keyed, "AIGC_API_KEY=KEY") || strings.Contains(keyed, "mcpServers") {
		t.Errorf("with keys, without MCP:\n%s", keyed)
	}
}

// The JSON names where MCP is, also below the address that the caller uses.
func TestRootMCP(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		adapt func(*httpapi.Config)
		want  [2]string
	}{
		"not served":             {func(*httpapi.Config) {}, [2]string{"", ""}},
		"at an address":          {func(c *httpapi.Config) { c.MCPURL = "https://mcp.example.com/mcp" }, [2]string{"https://mcp.example.com/mcp", ""}},
		"on this listener, also": {func(c *httpapi.Config) { c.MCPURL, c.ServesMCP = "https://mcp.example.com/mcp", true }, [2]string{"https://mcp.example.com/mcp", "/mcp"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, func(_ *rig, conf *httpapi.Config) { c.adapt(conf) })
			var root struct {
				MCP     string `json:"mcp"`
				MCPPath string `json:"mcp_path"`
			}
			if err := json.Unmarshal(r.do("GET", "/", "").body, &root); err != nil || root.MCP != c.want[0] || root.MCPPath != c.want[1] {
				t.Errorf("%+v, %v", root, err)
			}
		})
	}
}
