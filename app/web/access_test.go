package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/web"
)

// withLevel is a handler of a route with a level; it responds with the caller's
// name in the header Caller.
func withLevel(level web.Level) func(*web.Exchange, *http.Request) error {
	return func(x *web.Exchange, r *http.Request) error {
		if err := x.Authorize(r, level); err != nil {
			return err
		}
		x.Header().Set("Caller", x.Caller.Name)
		return writeFine(x, r)
	}
}

// TestLevels checks for each level: which keys are accepted, in which headers, and
// whether the request counts against the rate limit.
func TestLevels(t *testing.T) {
	t.Parallel()
	face := textFace{"/keyed": withLevel(web.Keyed), "/public": withLevel(web.Public), "/name": withLevel(web.ByName), "/admin": withLevel(web.Admin)}
	bearer := func(key string) []string { return []string{"Authorization", "Bearer " + key} }
	for name, c := range map[string]struct {
		path    string
		headers []string
		status  int
		want    string // the caller's name, or the error code
		counted bool
	}{
		"bearer":                {"/keyed", bearer("alice-key"), 200, "alice", true},
		"bearer, lower case":    {"/keyed", []string{"Authorization", "bearer   alice-key"}, 200, "alice", true},
		"X-API-Key":             {"/keyed", []string{"X-API-Key", "alice-key"}, 200, "alice", true},
		"none":                  {"/keyed", nil, 401, "key_unknown", false},
		"empty":                 {"/keyed", bearer(""), 401, "key_unknown", false},
		"basic":                 {"/keyed", []string{"Authorization", "Basic alice-key"}, 401, "key_unknown", false},
		"without a scheme":      {"/keyed", []string{"Authorization", "alice-key"}, 401, "key_unknown", false},
		"wrong":                 {"/keyed", bearer("wrong"), 401, "key_unknown", false},
		"in the query":          {"/keyed?key=alice-key", nil, 401, "key_unknown", false},
		"public, no key":        {"/public", nil, 200, "", false},
		"public, a wrong key":   {"/public", bearer("wrong"), 200, "", false},
		"by name, no key":       {"/name", nil, 200, "", false},
		"by name, a key":        {"/name", bearer("alice-key"), 200, "alice", false},
		"by name, a wrong key":  {"/name", bearer("wrong"), 200, "", false},
		"an admin's, no key":    {"/admin", nil, 401, "key_unknown", false},
		"an admin's, a caller":  {"/admin", bearer("alice-key"), 403, "admin_needed", false},
		"an admin's, the admin": {"/admin", bearer("root-key"), 200, "root", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, face)
			r.open = false
			a := r.do(t, "GET", c.path, nil, c.headers...)
			if a.StatusCode != c.status || c.status == 200 && a.Header.Get("Caller") != c.want || c.status != 200 && !strings.HasPrefix(a.body, "plain "+c.want) {
				t.Errorf("%d %s %s", a.StatusCode, a.Header.Get("Caller"), a.body)
			}
			if (a.StatusCode == 401) != (a.Header.Get("WWW-Authenticate") == `Bearer realm="aigc"`) {
				t.Errorf("WWW-Authenticate: %q", a.Header.Get("WWW-Authenticate"))
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if counted := slices.Equal(r.counted, []string{c.want}); counted != c.counted {
				t.Errorf("counted: %v", r.counted)
			}
		})
	}
}

// Throttled and unavailable responses have the header Retry-After.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind fault.Kind
		wait time.Duration
		want string
	}{
		"with a time, rounded up":     {fault.Throttled, 1500 * time.Millisecond, "2"},
		"without a time":              {fault.Throttled, 0, "5"},
		"store unavailable":           {fault.Unavailable, 0, "5"},
		"503, not retryable":          {fault.NoRoute, 0, ""},
		"another status":              {fault.VendorFailed, 0, ""},
		"another status, with a time": {fault.VendorFailed, time.Second, "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, textFace{"/": withLevel(web.Keyed)})
			r.allow = &fault.Error{Kind: c.kind, RetryAfter: c.wait}
			if a := r.do(t, "GET", "/", nil); a.StatusCode != c.kind.Status() || a.Header.Get("Retry-After") != c.want {
				t.Errorf("%d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
			}
		})
	}
}
