package apptest_test

import (
	"encoding/json"
	"testing"

	"aigc/app/apptest"
)

// A server on a loopback address accepts its own host names and those of
// AIGC_ALLOWED_HOSTS, in REST and MCP.
func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	p := apptest.StartAll(t, apptest.Binary(t, "faults"), t.TempDir(),
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
