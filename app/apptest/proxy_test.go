package apptest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aigc/app/apptest"
)

// Behind a proxy that removes a path, every address that the server names leads back
// through the proxy: results, Location, the pages, MCP, and what the command line uses.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	var upstream *url.URL
	proxy := httptest.NewServer(http.StripPrefix("/a/aigc", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(upstream)
		r.SetXForwarded()
	}}))
	t.Cleanup(proxy.Close)
	public := proxy.URL + "/a/aigc"
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(), "AIGC_PUBLIC_URL="+public+"/")
	upstream, _ = url.Parse(p.URL)
	made := p.Do("POST", public+"/api/gpt/generations", `{"prompt":"a red fox"}`)
	link := made.View(t).Data[0].URL
	root := p.Do("GET", public+"/", "")
	var addresses struct {
		Docs, OpenAPI, Health, MCP string
		Endpoints                  map[string]string
	}
	if err := json.Unmarshal(root.Body, &addresses); err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{
		"a result": link, "its task": made.Header.Get("Location"), "the docs": addresses.Docs, "the document": addresses.OpenAPI, "health": addresses.Health,
	} {
		if a := p.Do("GET", address, ""); !strings.HasPrefix(address, public+"/") || a.Status != 200 {
			t.Errorf("%s is at %s: %d", name, address, a.Status)
		}
	}
	for kind, address := range addresses.Endpoints {
		if !strings.HasPrefix(address, public+"/api/") {
			t.Errorf("%s is at %s", kind, address)
		}
	}
	page := p.Do("GET", public+"/", "", "Accept", "text/html")
	for _, m := range regexp.MustCompile(`href="(http[^"]*)"`).FindAllStringSubmatch(string(page.Body), -1) {
		if a := p.Do("GET", m[1], ""); !strings.HasPrefix(m[1], public+"/") || a.Status != 200 {
			t.Errorf("the page leads to %s: %d", m[1], a.Status)
		}
	}
	if addresses.MCP != public+"/mcp" {
		t.Errorf("MCP is at %s", addresses.MCP)
	}
	for _, address := range []string{addresses.MCP, addresses.MCP + "/v1", p.MCP + "/mcp"} {
		a := p.Do("POST", address, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_gpt_image","arguments":{"prompt":"a red fox"}}}`, "Accept", "application/json, text/event-stream")
		if a.Status != 200 || !bytes.Contains(a.Body, []byte(public+"/api/images/")) {
			t.Errorf("%s: %d %.500s", address, a.Status, a.Body)
		}
	}
	file := filepath.Join(t.TempDir(), "fox.png")
	cmd := exec.CommandContext(t.Context(), apptest.Binary(t, "faults"), "generate", "gpt", "a red fox", "-o", file)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"AIGC_URL=" + public + "/", "HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH")}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// Without a public address MCP is at the bound one; a setting overrides both. Its host is
// accepted.
func TestMCPAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  []string
		want string // empty: the bound address
	}{
		"bound":            {nil, ""},
		"of its own":       {[]string{"AIGC_MCP_PUBLIC_URL=https://mcp.example.com/x/"}, "https://mcp.example.com/x/mcp"},
		"beside a public":  {[]string{"AIGC_PUBLIC_URL=https://images.example.com", "AIGC_MCP_PUBLIC_URL=https://mcp.example.com/mcp"}, "https://mcp.example.com/mcp"},
		"below the public": {[]string{"AIGC_PUBLIC_URL=https://images.example.com/aigc"}, "https://images.example.com/aigc/mcp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := apptest.StartAllKeyed(t, apptest.Binary(t, "faults"), t.TempDir(), c.env...)
			want := c.want
			if want == "" {
				want = p.MCP + "/mcp"
			}
			var root struct{ MCP string }
			if err := json.Unmarshal(p.Do("GET", "/", "").Body, &root); err != nil || root.MCP != want {
				t.Errorf("%s, want %s, %v", root.MCP, want, err)
			}
			u, _ := url.Parse(want)
			a := p.Do("POST", p.MCP+"/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Host", u.Host, "Accept", "application/json, text/event-stream")
			if a.Status != 200 {
				t.Errorf("Host %s: %d %s", u.Host, a.Status, a.Body)
			}
		})
	}
}
