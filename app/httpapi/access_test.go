package httpapi_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"aigc/app/httpapi"
	"aigc/app/task"
)

// TestKeys checks the access level of each route. Package web tests how a key is
// sent.
func TestKeys(t *testing.T) {
	t.Parallel()
	r := start(t, withKeys)
	bearer := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	cases := map[string]struct {
		path    string
		headers []string
		status  int
		code    string
	}{
		"bearer":            {"/api/tasks", bearer(aliceKey), 200, ""},
		"X-API-Key":         {"/api/tasks", []string{"X-API-Key", bobKey}, 200, ""},
		"none":              {"/api/tasks", nil, 401, "key_needed"},
		"wrong":             {"/api/tasks", bearer("wrong-key-1"), 401, "key_unknown"},
		"a prefix":          {"/api/tasks", bearer(aliceKey[:8]), 401, "key_unknown"},
		"an unknown path":   {"/api/nothing", nil, 401, "key_needed"},
		"metrics, no key":   {"/metrics", nil, 401, "key_needed"},
		"metrics, a caller": {"/metrics", bearer(aliceKey), 403, "admin_needed"},
		"metrics, an admin": {"/metrics", bearer(rootKey), 200, ""},
		"health":            {"/api/health", nil, 200, ""},
		"alive":             {"/livez", nil, 200, ""},
		"ready":             {"/readyz", nil, 200, ""},
		"the docs":          {"/docs", nil, 200, ""},
		"the document":      {"/openapi.json", nil, 200, ""},
		"the root":          {"/", nil, 200, ""},
		"models":            {"/api/models", nil, 401, "key_needed"},
		"others' tasks":     {"/api/tasks?owner=bob", bearer(aliceKey), 422, "invalid_input"},
		"one's own by name": {"/api/tasks?owner=alice", bearer(aliceKey), 200, ""},
		"as an admin":       {"/api/tasks?owner=bob", bearer(rootKey), 200, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("GET", c.path, "", c.headers...)
			a.t = t
			if c.code != "" {
				a.wantProblem(c.status, c.code)
			} else if a.StatusCode != c.status {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
			if (a.StatusCode == 401) != (a.Header.Get("WWW-Authenticate") != "") {
				t.Errorf("WWW-Authenticate: %q", a.Header.Get("WWW-Authenticate"))
			}
		})
	}
	t.Cleanup(func() {
		if strings.Contains(r.logs.String(), "alice-key") {
			t.Error("a key is in the log")
		}
	})
}

// A key over its rate limit gets a 429 with Retry-After.
func TestRate(t *testing.T) {
	t.Parallel()
	r := start(t, withKeys, func(r *rig, _ *httpapi.Config) { r.PerMinute = 2 })
	for i := range 3 {
		a := r.do("GET", "/api/models", "", "X-API-Key", aliceKey)
		if i < 2 && a.StatusCode != 200 {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
		if i == 2 {
			if p := a.wantProblem(429, "too_many_requests"); !p.Retryable || a.Header.Get("Retry-After") == "" {
				t.Errorf("%v", a.Header)
			}
		}
	}
	if a := r.do("GET", "/api/models", "", "X-API-Key", bobKey); a.StatusCode != 200 {
		t.Errorf("another key: %d", a.StatusCode)
	}
}

// Requests that package web refuses get a problem document.
func TestGuard(t *testing.T) {
	t.Parallel()
	r := start(t)
	for name, c := range map[string]struct {
		headers []string
		code    string // empty: accepted
	}{
		"a foreign host":  {[]string{"Host", "evil.example"}, "foreign_host"},
		"another origin":  {[]string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, "cross_origin"},
		"an allowed name": {[]string{"Host", "gateway.example"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := r.do("POST", drawPath, `{"prompt":"fox"}`, c.headers...)
			a.t = t
			if c.code != "" {
				a.wantProblem(403, c.code)
			} else if a.StatusCode != 200 {
				t.Errorf("%d %s", a.StatusCode, a.body)
			}
		})
	}
	if a := r.do("OPTIONS", drawPath, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a preflight request is allowed: %v", a.Header)
	}
}

// A body that does not arrive in time ends in a 408 and a closed connection.
func TestSlowBody(t *testing.T) {
	t.Parallel()
	r := start(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"pro", drawPath)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusRequestTimeout || !res.Close {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// A caller can neither see nor change another caller's task.
func TestOwners(t *testing.T) {
	t.Parallel()
	r := start(t, withKeys)
	v := r.do("POST", drawPath, `{"prompt":"drop"}`, "X-API-Key", aliceKey).view()
	if v.Status != task.InDoubt {
		t.Fatalf("%+v", v)
	}
	for _, path := range []string{"GET ", "GET /events", "POST /cancel", "POST /retry", "POST /resume", "POST /discard"} {
		method, action, _ := strings.Cut(path, " ")
		r.do(method, "/api/tasks/"+v.TaskID+action, "", "X-API-Key", bobKey).wantProblem(404, "task_not_found")
	}
	if a := r.do("GET", "/api/tasks/"+v.TaskID, "", "X-API-Key", rootKey); a.StatusCode != 200 {
		t.Errorf("the admin: %d", a.StatusCode)
	}
}
