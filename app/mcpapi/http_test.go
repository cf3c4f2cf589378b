package mcpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
	"aigc/app/service"
)

// withHeader is an HTTP client that adds a header to every request.
func withHeader(name, value string) *http.Client {
	return &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set(name, value)
		return http.DefaultTransport.RoundTrip(r)
	})}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestProtocolVersions(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := start(t, f)
	for version, links := range map[string]int{"2024-11-05": 0, "2025-03-26": 0, "2025-06-18": 1, "2025-11-25": 1, "2026-07-28": 1} {
		for _, path := range []string{"/mcp", "/mcp/v1", "/mcp/"} {
			t.Run(version+path, func(t *testing.T) {
				t.Parallel()
				c := r.connect(t, &mcp.StreamableClientTransport{Endpoint: r.url + path}, version)
				if got := c.InitializeResult().ProtocolVersion; got != version {
					t.Fatalf("negotiated %s", got)
				}
				a := c.call("create_toy_image", map[string]any{"prompt": "x"})
				if a.IsError || len(a.links) != links || len(a.previews) != 1 || !strings.Contains(a.text, "http://gateway/") {
					t.Errorf("%d links, %d previews, %s", len(a.links), len(a.previews), a.text)
				}
				if got := c.InitializeResult().ServerInfo; got.Name != "aigc" || got.Version != "1.2.3" {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

const listCall = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`

func TestAccess(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keys = map[string]service.Caller{"good": {Name: "ann"}}
	r := start(t, f)
	key := "Bearer good"
	for name, tc := range map[string]struct {
		headers map[string]string
		status  int
		code    string
	}{
		"a key":                   {map[string]string{"Authorization": key}, 200, ""},
		"in the other header":     {map[string]string{"X-API-Key": "good"}, 200, ""},
		"no key":                  {nil, 403, "key_unknown"},
		"a wrong key":             {map[string]string{"Authorization": "Bearer bad"}, 403, "key_unknown"},
		"another origin":          {map[string]string{"Authorization": key, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403, "cross_origin"},
		"a rebound name":          {map[string]string{"Authorization": key, "Host": "evil.example"}, 403, "foreign_host"},
		"an allowed name":         {map[string]string{"Authorization": key, "Host": "inner.example:5513"}, 200, ""},
		"the wrong kind of body":  {map[string]string{"Authorization": key, "Content-Type": "text/plain"}, 415, ""},
		"an unknown old revision": {map[string]string{"Authorization": key, "Mcp-Protocol-Version": "2023-01-01"}, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res := r.post(t, listCall, tc.headers)
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != tc.status {
				t.Fatalf("%s: %s", res.Status, body)
			}
			if res.Header.Get("X-Request-Id") == "" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("headers %v", res.Header)
			}
			if got := res.Header.Get("WWW-Authenticate"); got != "" { // clients would start an OAuth sign-in
				t.Errorf("WWW-Authenticate %q", got)
			}
			if tc.code == "" {
				return
			}
			var e struct {
				ID    any
				Error struct {
					Code    int
					Message string
					Data    toolError
				}
			}
			if err := json.Unmarshal(body, &e); err != nil || e.Error.Code != codeServerError || e.Error.Data.Code != tc.code || e.Error.Message == "" || e.ID != nil {
				t.Errorf("%v: %s", err, body)
			}
		})
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.allow = fault.New(fault.Throttled, "rate", "Too fast.")
	f.allow.(*fault.Error).RetryAfter = 1
	res := start(t, f).post(t, listCall, nil)
	if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "1" {
		t.Errorf("%s, %v", res.Status, res.Header)
	}
}

// Batches of old revisions do not bypass the rate limit: each call counts like a
// request.
func TestBatchRateLimit(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.keys = map[string]service.Caller{"good": {Name: "ann"}}
	one := `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"create_toy_image","arguments":{"prompt":"x","wait_seconds":0}}}`
	body := fmt.Sprintf("["+one+","+one+","+one+"]", 1, 2, 3)
	res := start(t, f).post(t, body, map[string]string{"Authorization": "Bearer good", "Mcp-Protocol-Version": "2025-03-26"})
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || strings.Count(string(text), `"structuredContent"`) != 3 {
		t.Fatalf("%v, %s: %s", err, res.Status, text)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.allowed != 3 {
		t.Errorf("%d requests were counted for 3 calls", f.allowed)
	}
}

// A panic outside of a tool is answered, and every request is logged.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	r := start(t, f, func(c *Config) { c.Service = brokenReady{f} })
	res, err := http.Get(r.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusInternalServerError || !strings.Contains(string(text), `"code":"internal"`) || !strings.Contains(string(text), `"jsonrpc":"2.0"`) {
		t.Errorf("%s %s", res.Status, text)
	}
	list := r.post(t, listCall, map[string]string{"X-Request-ID": "mine"})
	_, _ = io.Copy(io.Discard, list.Body)
	r.close() // waits for the handlers, which log after the answer
	logs := f.logs.String()
	for _, want := range []string{`"panic":"a bug"`, `"route":"/readyz","status":500`, `"request_id":"mine"`, `"route":"/mcp","status":200`, `"caller":"local"`} {
		if !strings.Contains(logs, want) {
			t.Errorf("%s is not in\n%s", want, logs)
		}
	}
}

type brokenReady struct{ *fake }

func (brokenReady) Ready(context.Context) error { panic("a bug") }

func TestPaths(t *testing.T) {
	t.Parallel()
	r := start(t, newFake(t))
	for path, status := range map[string]int{"/": 404, "/mcp/v2": 404, "/livez": 200, "/readyz": 200, "/mcp": 405} {
		res, err := http.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != status {
			t.Errorf("GET %s: %s", path, res.Status)
		}
	}
}
