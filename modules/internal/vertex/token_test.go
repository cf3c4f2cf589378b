package vertex

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"aigc/app/fault"
	"aigc/app/provider"
)

// googleToken starts a token endpoint; a nil reply makes a new token for each
// request.
func googleToken(t *testing.T, reply http.HandlerFunc) (provider.Call, *atomic.Int64) {
	t.Helper()
	asked := &atomic.Int64{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		if reply != nil {
			reply(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"access_token":"t`+string(rune('0'+n))+`","token_type":"Bearer","expires_in":3600}`)
	}))
	t.Cleanup(srv.Close)
	secret, attrs := testAccount(srv.URL)
	return provider.Call{
		Account: provider.Account{BaseURL: srv.URL, Secret: secret, Fingerprint: provider.Fingerprint(secret), Variable: "TEST_KEY", Attrs: attrs},
		HTTP:    &provider.Client{HTTP: provider.NewTransport()},
	}, asked
}

func TestTokenIsShared(t *testing.T) {
	t.Parallel()
	c, asked := googleToken(t, nil)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if tok, err := tokens.get(t.Context(), c, nil); err != nil || tok.AccessToken != "t1" {
				t.Errorf("%v %v", tok, err)
			}
		})
	}
	wg.Wait()
	old := &accessToken{Token: &oauth2.Token{AccessToken: "t1"}}
	for range 2 { // all that were refused with the old token get the same new one
		if tok, err := tokens.get(t.Context(), c, old); err != nil || tok.AccessToken != "t2" {
			t.Errorf("%v %v", tok, err)
		}
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d tokens were fetched", n)
	}
}

// A token is renewed before it expires; if that fails, the old one is used until it
// expires.
func TestTokenRenewal(t *testing.T) {
	t.Parallel()
	busy := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	refused := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }
	cases := []struct {
		name  string
		left  time.Duration
		reply http.HandlerFunc
		want  string
		kind  fault.Kind
	}{
		{"fresh", time.Hour, busy, "old", ""},
		{"expires soon", 3 * time.Minute, nil, "t1", ""},
		{"expires soon, endpoint busy", 3 * time.Minute, busy, "old", ""},
		{"expires soon, key withdrawn", 3 * time.Minute, refused, "", fault.VendorAuth},
		{"expired, endpoint busy", time.Second, busy, "", fault.Unavailable},
		{"expired", -time.Second, nil, "t1", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			call, _ := googleToken(t, c.reply)
			tokens.slot(call.Account.Fingerprint).token = &accessToken{Token: &oauth2.Token{AccessToken: "old", Expiry: time.Now().Add(c.left)}}
			tok, err := tokens.get(t.Context(), call, nil)
			if fault.KindOf(err) != c.kind || err == nil && tok.AccessToken != c.want {
				t.Errorf("%v %v", tok, err)
			}
		})
	}
}

// The status decides whether the key is refused or the endpoint is unavailable. The
// description of the error and the key appear in no message or log.
func TestTokenRefused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status int
		body   string
		kind   fault.Kind
	}{
		{400, `{"error":"invalid_grant","error_description":"secret prose"}`, fault.VendorAuth},
		{401, `secret prose`, fault.VendorAuth},
		{307, `secret prose`, fault.Unavailable},
		{408, `secret prose`, fault.Unavailable},
		{429, `{"error":"slow"}`, fault.Unavailable},
		{500, `secret prose`, fault.Unavailable},
		{200, `secret prose`, fault.Unavailable},
		{200, `{}`, fault.Unavailable},
	}
	for _, c := range cases {
		call, _ := googleToken(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		_, err := tokens.get(t.Context(), call, nil)
		f := fault.From(err)
		if f == nil || f.Kind != c.kind || f.Charged != fault.ChargedNo {
			t.Errorf("%d %s: %+v", c.status, c.body, f)
			continue
		}
		if strings.Contains(f.Error(), "prose") || strings.Contains(f.Error(), "PRIVATE") {
			t.Errorf("%d %s: %s", c.status, c.body, f)
		}
		if c.kind == fault.VendorAuth && !strings.Contains(f.Message, "TEST_KEY") {
			t.Errorf("%d: %s does not name the setting", c.status, f.Message)
		}
	}
	call, asked := googleToken(t, nil)
	call.Account.Secret = provider.Secret(strings.Replace(call.Account.Secret.Reveal(), "MII", "XXX", 1))
	if _, err := tokens.get(t.Context(), call, nil); fault.KindOf(err) != fault.VendorAuth || asked.Load() > 0 {
		t.Errorf("a damaged key: %v", err)
	}
}

// An endpoint that hangs blocks callers with the same key until their context ends,
// and no others.
func TestTokenEndpointHangs(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}, 8), make(chan struct{})
	call, _ := googleToken(t, func(_ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		<-release
	})
	t.Cleanup(func() { close(release) }) // before the server waits for its handlers
	ctx, cancel := context.WithCancel(t.Context())
	ends := make(chan error, 2)
	for range 2 { // one asks, one waits for it
		go func() { _, err := tokens.get(ctx, call, nil); ends <- err }()
	}
	<-reached
	other, _ := googleToken(t, nil)
	if _, err := tokens.get(t.Context(), other, nil); err != nil {
		t.Error(err)
	}
	cancel()
	for range 2 {
		if err := <-ends; fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
	}
}
