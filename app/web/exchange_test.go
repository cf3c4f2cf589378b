package web_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aigc/app/fault"
	"aigc/app/web"
)

// The caller's request id is kept if it is valid, and replaced otherwise.
func TestRequestID(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": writeFine})
	for id, kept := range map[string]bool{"my-id_1.2:3": true, "with space": false, strings.Repeat("x", 128): true, strings.Repeat("x", 129): false, `"quoted"`: false, "ä": false} {
		a := r.do(t, "GET", "/", nil, "X-Request-ID", id)
		if got := a.Header.Get("X-Request-Id"); (got == id) != kept || got == "" {
			t.Errorf("%q became %q", id, got)
		}
	}
}

// TestRequestLine checks the access log line of a request, and the line about a
// panic before it.
func TestRequestLine(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{
		"/fine": func(x *web.Exchange, r *http.Request) error {
			x.Task = "task-1"
			return withLevel(web.Keyed)(x, r)
		},
		"/caller": func(*web.Exchange, *http.Request) error { return fault.New(fault.Invalid, "bad", "Bad.") },
		"/ours":   func(*web.Exchange, *http.Request) error { return errors.New("the disk is on fire") },
		"/vendor": func(*web.Exchange, *http.Request) error {
			return fault.Wrap(errors.New("503 from it"), fault.Unavailable, "away", "Away.")
		},
		"/panic": func(*web.Exchange, *http.Request) error { panic("a bug") },
		"/late":  func(x *web.Exchange, _ *http.Request) error { _ = writeFine(x, nil); return errors.New("too late") },
	})
	r.open = false
	for name, c := range map[string]struct {
		method, path string
		status       int
		levels       string // of all lines
		fields       map[string]any
	}{
		"a read":            {"GET", "/fine?secret=1", 200, "debug", map[string]any{"caller": "alice", "task": "task-1", "bytes": 4.0, "route": "/fine", "ip": "127.0.0.1", "method": "GET"}},
		"a write":           {"POST", "/fine", 200, "info", map[string]any{"caller": "alice"}},
		"an unknown path":   {"POST", "/secret", 404, "debug", map[string]any{"route": "unmatched", "code": "no_such_route"}},
		"a caller's fault":  {"GET", "/caller", 422, "debug", map[string]any{"code": "bad", "error": nil}},
		"ours":              {"GET", "/ours", 500, "error", map[string]any{"code": "internal", "error": "the disk is on fire"}},
		"a vendor's":        {"GET", "/vendor", 503, "warn", map[string]any{"code": "away", "error": "503 from it"}},
		"a panic":           {"GET", "/panic", 500, "error error", map[string]any{"code": "internal", "error": "panic"}},
		"after the answer":  {"GET", "/late", 200, "error", map[string]any{"error": "too late"}},
		"an unknown method": {"SECRET", "/fine", 200, "debug", map[string]any{"method": "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do(t, c.method, c.path, nil, "X-API-Key", "alice-key")
			if a.StatusCode != c.status {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			var levels []string
			list := r.log.waitFor(t, a.Header.Get("X-Request-Id"))
			for _, line := range list {
				levels = append(levels, line["level"].(string))
			}
			last := list[len(list)-1]
			if strings.Join(levels, " ") != c.levels || last["status"] != float64(c.status) {
				t.Errorf("logged %v", list)
			}
			for name, want := range c.fields {
				if last[name] != want {
					t.Errorf("%s is %v, want %v", name, last[name], want)
				}
			}
			if len(list) > 1 && (list[0]["panic"] != "a bug" || !strings.Contains(list[0]["stack"].(string), "exchange_test.go") || list[0]["route"] != c.path) {
				t.Errorf("the panic: %v", list[0])
			}
		})
	}
	t.Cleanup(func() { // neither path, query, method nor key of a caller is logged
		for _, secret := range []string{"secret", "SECRET", "alice-key"} {
			if strings.Contains(r.log.text.String(), secret) {
				t.Errorf("%s is in the log", secret)
			}
		}
	})
}

// A panic after the response has begun closes the connection, so that the caller
// sees that the response is incomplete.
func TestPanicAfterResponseStarted(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": func(x *web.Exchange, r *http.Request) error {
		_ = writeFine(x, r)
		_ = http.NewResponseController(x).Flush()
		panic("a bug")
	}})
	res, err := http.Get(r.url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err == nil {
		t.Errorf("the response looks complete: %s", text)
	}
	if list := r.log.waitFor(t, res.Header.Get("X-Request-Id")); len(list) != 2 || list[1]["level"] != "error" {
		t.Errorf("logged %v", list)
	}
}

// A request whose caller disconnected before the error is logged with status 499.
func TestClientDisconnected(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/": func(_ *web.Exchange, r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: gone\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if list := r.log.waitFor(t, "gone"); list[0]["status"] != 499.0 || list[0]["code"] != "canceled" {
		t.Errorf("logged %v", list)
	}
}

// Label values are known routes and methods, never text of a caller.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/known": writeFine})
	for _, req := range [][2]string{{"GET", "/known"}, {"GET", "/known"}, {"SECRET", "/known"}, {"GET", "/secret"}} {
		a := r.do(t, req[0], req[1], nil)
		r.log.waitFor(t, a.Header.Get("X-Request-Id"))
	}
	scrape := httptest.NewRecorder()
	promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{}).ServeHTTP(scrape, httptest.NewRequest("GET", "/metrics", nil))
	var got []string
	for line := range strings.Lines(scrape.Body.String()) {
		if strings.HasPrefix(line, "aigc_http_requests") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"aigc_http_requests_open 0",
		`aigc_http_requests_total{method="GET",route="/known",status="200"} 2`,
		`aigc_http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`aigc_http_requests_total{method="other",route="/known",status="200"} 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
