package provider_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// The fault of each status of a paid request, without an error table.
func TestStatusOfAPaidRequest(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]fault.Kind{
		400: fault.Invalid, 401: fault.VendorAuth, 402: fault.VendorQuota, 403: fault.VendorAuth, 404: fault.Invalid, 405: fault.Invalid,
		413: fault.Invalid, 415: fault.Invalid, 422: fault.Invalid, 429: fault.RateLimited,
		408: fault.InDoubt, 409: fault.InDoubt, 418: fault.InDoubt, 425: fault.InDoubt, 499: fault.InDoubt,
		307: fault.InDoubt, 500: fault.InDoubt, 502: fault.InDoubt, 503: fault.InDoubt, 529: fault.InDoubt,
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
			defer srv.Close()
			call := provider.Call{Account: provider.Account{BaseURL: srv.URL}}
			c := &provider.Client{HTTP: provider.NewTransport()}
			res, err := c.Do(context.Background(), call, provider.Request{URL: "/", Body: map[string]string{}, Paid: true})
			if err != nil {
				t.Fatal(err)
			}
			f := res.Fault("Vendor", "", "")
			if f.Kind != want || (f.Charged == fault.ChargedUnknown) != (want == fault.InDoubt) {
				t.Errorf("%s, charged %s; want %s", f.Kind, f.Charged, want)
			}
			// Only after a refusal the same submission can be sent again.
			_, err = c.Do(context.Background(), call, provider.Request{URL: "/", Body: map[string]string{}, Paid: true})
			if again := err == nil; again != (want != fault.InDoubt) {
				t.Errorf("sent again: %t, %v", again, err)
			}
		})
	}
}

// A server that offers HTTP/2 and resets a stream after it has read the whole request
// gets the request once: Go's HTTP/2 client would send it again automatically.
func TestPaidRequestIsNotResent(t *testing.T) {
	t.Parallel()
	var received atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		received.Add(1)
		panic(http.ErrAbortHandler)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	client := provider.NewTransport()
	client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	c := &provider.Client{HTTP: client}
	_, err := c.Do(context.Background(), provider.Call{Account: provider.Account{BaseURL: srv.URL}},
		provider.Request{URL: "/", Body: map[string]string{"prompt": "x"}, Paid: true})
	if fault.KindOf(err) != fault.InDoubt || received.Load() != 1 {
		t.Errorf("received %d times: %v", received.Load(), err)
	}
	if tr := client.Transport.(*http.Transport); tr.Protocols == nil || tr.Protocols.HTTP2() || tr.Protocols.UnencryptedHTTP2() {
		t.Error("HTTP/2 is enabled")
	}
}
