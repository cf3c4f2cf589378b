package apptest_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"aigc/app/apptest"
)

// A server on a loopback address accepts its own host names and those of
// AIGC_ALLOWED_HOSTS, in REST and MCP.
func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	p := apptest.StartAllKeyed(t, apptest.Binary(t, "faults"), t.TempDir(),
		"AIGC_ALLOWED_HOSTS=gateway.example, 192.0.2.7", "AIGC_PUBLIC_URL=https://images.example")
	endpoints := map[string]struct{ method, address, body string }{
		"REST": {"GET", p.URL + "/api/models", ""},
		"MCP":  {"POST", p.MCP + "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`},
	}
	for name, e := range endpoints {
		for host, allowed := range map[string]bool{
			"gateway.example": true, "Gateway.Example:8080": true, "192.0.2.7:5512": true, "images.example": true, "localhost": true,
			"other.example": false, "192.0.2.8": false, "x.gateway.example": false,
		} {
			t.Run(name+" "+host, func(t *testing.T) {
				t.Parallel()
				a := p.Do(e.method, e.address, e.body, "Host", host, "Accept", "application/json, text/event-stream")
				if allowed {
					if a.Status != 200 {
						t.Errorf("%d %s", a.Status, a.Body)
					}
					return
				}
				code, detail := a.Envelope(t).Code, a.Envelope(t).Detail
				if name == "MCP" {
					f := rpcFault(t, a)
					code, detail = f.Data.Code, f.Message
				}
				want := "This server does not answer on this host name. Name it in AIGC_ALLOWED_HOSTS, or set AIGC_PUBLIC_URL to the server's own address."
				if a.Status != 403 || code != "foreign_host" || detail != want {
					t.Errorf("%d %s", a.Status, a.Body)
				}
			})
		}
	}
}

// A result is used as an input under each of the server's names, and is not fetched: the
// guarded client would refuse these addresses.
func TestOwnImages(t *testing.T) {
	t.Parallel()
	p := apptest.StartAllKeyed(t, apptest.Binary(t, "faults"), t.TempDir(),
		"AIGC_ALLOWED_HOSTS=gateway.example", "AIGC_PUBLIC_URL=http://localhost:8080/aigc", "AIGC_MCP_PUBLIC_URL=http://mcp.example:8080/mcp")
	made := p.Do("POST", "/api/gpt/generations", `{"prompt":"a fox"}`)
	v := p.WaitDone(made.View(t).TaskID, time.Minute)
	link := v.Data[0].URL
	path := strings.TrimPrefix(link, "http://localhost:8080/aigc")
	port, mcpPort := portOf(t, p.URL), portOf(t, p.MCP)
	for name, c := range map[string]struct {
		image string
		code  string // of the refusal; empty: accepted
	}{
		"the link":               {link, ""},
		"the public path":        {"http://127.0.0.1:8080/aigc" + path, ""},
		"the listener":           {p.URL + path, ""},
		"the listener, IPv6":     {"http://[::1]:" + port + path, ""},
		"the listener of MCP":    {"http://localhost:" + mcpPort + path, ""},
		"an allowed name":        {"http://Gateway.example.:" + port + path, ""},
		"the public name of MCP": {"http://mcp.example:" + port + path, ""},
		"another service's port": {"http://127.0.0.1:1" + path, "url_not_allowed"},
		"outside the path":       {"http://127.0.0.1:8080" + path, "url_not_allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"prompt": "a fox", "image": c.image})
			if err != nil {
				t.Fatal(err)
			}
			a := p.Do("POST", "/api/gpt/edits", string(body))
			if c.code == "" && a.Status >= 300 || c.code != "" && (a.Status != 422 || a.Envelope(t).Code != c.code) {
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	}
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

type rpcError struct {
	Message string
	Data    struct{ Code string }
}

func rpcFault(t *testing.T, a apptest.Answer) rpcError {
	t.Helper()
	var e struct{ Error rpcError }
	if err := json.Unmarshal(a.Body, &e); err != nil {
		t.Fatalf("%d: %v: %s", a.Status, err, a.Body)
	}
	return e.Error
}
