package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"aigc/app/web"
)

// After twenty wrong keys an address gets 429 for further ones, and a right key is served
// all the same. A key that may be guessed must have been used from that address before.
func TestWrongKeys(t *testing.T) {
	t.Parallel()
	proxies := func(c *web.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
	r := start(t, textFace{"/": withLevel(web.Keyed)}, proxies)
	r.open = false
	from := func(addr, key string) answer {
		headers := []string{"X-Forwarded-For", addr}
		if key != "" {
			headers = append(headers, "Authorization", "Bearer "+key)
		}
		return r.do(t, "GET", "/", nil, headers...)
	}
	guess := func(addr string, n int) (looked, braked int) {
		for i := range n {
			switch a := from(addr, fmt.Sprintf("wrong-%d-0123456789", i)); a.StatusCode {
			case http.StatusUnauthorized:
				looked++
			case http.StatusTooManyRequests:
				if braked++; a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "too_many_wrong_keys") {
					t.Errorf("%v %s", a.Header, a.body)
				}
			default:
				t.Errorf("%d", a.StatusCode)
			}
		}
		return looked, braked
	}
	from("203.0.113.1", "root-key") // a short one, used from here before
	for _, addr := range []string{"203.0.113.1", "2001:db8::1"} {
		if looked, braked := guess(addr, 60); looked < 20 || looked > 40 || braked == 0 {
			t.Errorf("%s: %d were looked at, %d not", addr, looked, braked)
		}
	}
	for name, c := range map[string]struct {
		addr, key string
		status    int
	}{
		"a right key":                            {"203.0.113.1", longKey, 200},
		"a short key used before":                {"203.0.113.1", "root-key", 200},
		"a short key not used before":            {"203.0.113.1", "alice-key", 429},
		"a short key from elsewhere":             {"203.0.113.2", "alice-key", 200},
		"no key":                                 {"203.0.113.1", "", 401},
		"another address of the network":         {"2001:db8::ffff", "wrong-0123456789abcdef", 429},
		"another network":                        {"2001:db8:0:1::1", "wrong-0123456789abcdef", 401},
		"an address that the client has made up": {"198.51.100.1, 203.0.113.1", "wrong-0123456789abcdef", 429},
	} {
		if a := from(c.addr, c.key); a.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, a.StatusCode, c.status)
		}
	}
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	if text := r.log.text.String(); strings.Count(text, `"wrong_keys"`) != 1 || strings.Contains(text, `"level":"info"`) || strings.Contains(text, "0123456789") {
		t.Errorf("the log has more than one line about wrong keys, or a key: %.500s", text)
	}
}

// Only the proxies of the settings may name the address of a client.
func TestClientAddr(t *testing.T) {
	t.Parallel()
	h := web.New(web.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}, textFace{})
	for name, c := range map[string]struct{ remote, forwarded, want string }{
		"direct":                 {"203.0.113.9:1", "", "203.0.113.9"},
		"made up":                {"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		"behind a proxy":         {"10.0.0.1:1", "203.0.113.9", "203.0.113.9"},
		"behind two":             {"10.0.0.1:1", "203.0.113.9, 10.0.0.2", "203.0.113.9"},
		"made up before it":      {"10.0.0.1:1", "198.51.100.1,203.0.113.9 ,10.0.0.2", "203.0.113.9"},
		"a proxy itself":         {"10.0.0.1:1", "10.0.0.7", "10.0.0.7"},
		"no header":              {"10.0.0.1:1", "", "10.0.0.1"},
		"nonsense":               {"10.0.0.1:1", "unknown", "10.0.0.1"},
		"with a port":            {"10.0.0.1:1", "203.0.113.9:55", "203.0.113.9"},
		"IPv6 with a port":       {"[fd00::1]:1", "[2001:db8::1]:55", "2001:db8::1"},
		"IPv4 in IPv6":           {"[::ffff:10.0.0.1]:1", "203.0.113.9", "203.0.113.9"},
		"an address with a zone": {"[fe80::1%eth0]:1", "", "fe80::1"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{}}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := h.ClientAddr(r).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A request in progress, in any state, ends when its key is revoked, loses its rights, or is
// needed all at once.
func TestAccessEnds(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	wait := func(x *web.Exchange, r *http.Request) error {
		if err := x.Authorize(r, web.Keyed); err != nil {
			return err
		}
		begun <- struct{}{}
		<-r.Context().Done()
		return contextCause(r)
	}
	face := textFace{
		"/wait": wait,
		"/stream": func(x *web.Exchange, r *http.Request) error {
			if err := x.Authorize(r, web.Keyed); err != nil {
				return err
			}
			begun <- struct{}{}
			for { // it does not heed the context, so its connection is cut off
				if _, err := x.Write(make([]byte, 64<<10)); err != nil {
					return err
				}
			}
		},
		"/body": func(x *web.Exchange, r *http.Request) error {
			if err := x.Authorize(r, web.Keyed); err != nil {
				return err
			}
			begun <- struct{}{}
			return readBody(x, r)
		},
	}
	for name, c := range map[string]struct {
		path   string
		change func(*rig)
		want   string // of the answer; empty: it is cut off
	}{
		"a wait, revoked":           {"/wait", func(r *rig) { r.revoked = true }, "401 plain access_ended"},
		"a wait, no admin any more": {"/wait", func(r *rig) { r.demoted = true }, "403 plain access_changed"},
		"an upload, revoked":        {"/body", func(r *rig) { r.revoked = true }, "401 plain access_ended"},
		"a stream, revoked":         {"/stream", func(r *rig) { r.revoked = true }, ""},
		"a ledger that is away": {"/wait", func(r *rig) {
			r.away = true
			time.AfterFunc(100*time.Millisecond, func() { r.set(func() { r.away, r.revoked = false, true }) })
		}, "401 plain access_ended"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, face, func(c *web.Config) { c.AccessInterval = 20 * time.Millisecond })
			r.set(func() { r.open = false })
			done := make(chan string)
			go func() {
				body := blocked{t.Context().Done()}
				req, _ := http.NewRequestWithContext(t.Context(), "POST", r.url+c.path, body)
				if c.path != "/body" {
					req.Body = nil
				}
				req.Header.Set("Authorization", "Bearer root-key")
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					done <- ""
					return
				}
				defer res.Body.Close()
				text, err := readAll(res.Body)
				if err != nil {
					done <- ""
					return
				}
				done <- fmt.Sprint(res.StatusCode, " ", text)
			}()
			<-begun
			r.set(func() { c.change(r) })
			if got := <-done; !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
