package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Each way to send a key, which goes to the account's host only.
func TestAuth(t *testing.T) {
	t.Parallel()
	token := func(provider.Call) func(*http.Request) error { return provider.BearerToken("made-of-it") }
	cases := []struct {
		name         string
		auth         provider.Auth
		header, want string
	}{
		{"bearer", provider.Bearer, "Authorization", "Bearer the-key"},
		{"token", token, "Authorization", "Bearer made-of-it"},
		{"header", provider.HeaderKey("x-key"), "X-Key", "the-key"},
		{"another header", provider.HeaderKey("api-key"), "Api-Key", "the-key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get(c.header) }))
			t.Cleanup(srv.Close)
			for base, want := range map[string]string{srv.URL: c.want, "https://vendor.example": ""} {
				call := provider.Call{Account: provider.Account{BaseURL: base, Secret: "the-key"}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
				if _, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: srv.URL + "/x", Authorize: c.auth(call)}); err != nil {
					t.Fatal(err)
				}
				if text := <-got; text != want {
					t.Errorf("base %s: %q, want %q", base, text, want)
				}
			}
		})
	}
}

// The secret half of a key pair is never sent as if it were an API key.
func TestPairIsNoAPIKey(t *testing.T) {
	t.Parallel()
	for name, auth := range map[string]provider.Auth{"bearer": provider.Bearer, "header": provider.HeaderKey("x-key")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent with %q", r.Header) }))
			t.Cleanup(srv.Close)
			call := provider.Call{
				Account: provider.Account{BaseURL: srv.URL, AccessKey: "access", Secret: "the-secret", Variable: "ACME_SECRET_KEY"},
				HTTP:    &provider.Client{HTTP: provider.NewTransport()},
			}
			_, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/", Method: "POST", Paid: true, Authorize: auth(call)})
			if f := fault.From(err); f == nil || f.Kind != fault.VendorAccess || f.Charged != fault.ChargedNo || !strings.Contains(f.Message, "ACME_SECRET_KEY") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestProbeGET(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		status int
		ok     []int
		want   fault.Kind
	}{
		{"works", 200, nil, ""},
		{"works without a body", 204, nil, ""},
		{"another status that proves the key", 422, []int{404, 422}, ""},
		{"not found", 404, nil, fault.Unavailable},
		{"refused", 401, nil, fault.VendorAuth},
		{"forbidden", 403, nil, fault.VendorAuth},
		{"no balance", 402, nil, fault.VendorQuota},
		{"throttled", 429, nil, fault.RateLimited},
		{"bad request", 400, nil, fault.Unavailable},
		{"redirect", 302, nil, fault.Unavailable},
		{"server", 503, nil, fault.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet || r.URL.Path != "/v1/balance" || r.Header.Get("Authorization") != "Bearer the-key" {
					t.Errorf("%s %s with %q", r.Method, r.URL, r.Header)
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(`{"message":"your key the-k** is odd"}`))
			}))
			t.Cleanup(srv.Close)
			call := provider.Call{
				Account: provider.Account{Vendor: "acme", BaseURL: srv.URL + "/v1", Secret: "the-key", Variable: "ACME_API_KEY"},
				HTTP:    &provider.Client{HTTP: provider.NewTransport()},
			}
			err := provider.ProbeGET("/balance", provider.Bearer, c.ok...)(t.Context(), call)
			if fault.KindOf(err) != c.want {
				t.Fatalf("%v, want %s", err, c.want)
			}
			if f := fault.From(err); f != nil && (f.Message == "" || strings.Contains(f.Message, "the-k") || f.Kind == fault.VendorAuth && !strings.Contains(f.Message, "ACME_API_KEY")) {
				t.Errorf("%q", f.Message)
			}
		})
	}
}

func TestProbeGETUnreachable(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(nil)
	srv.Close()
	call := provider.Call{Account: provider.Account{BaseURL: srv.URL}, HTTP: &provider.Client{HTTP: provider.NewTransport()}}
	if err := provider.ProbeGET("/", provider.Bearer)(t.Context(), call); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}
