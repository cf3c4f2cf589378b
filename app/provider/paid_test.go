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

// What a status of a paid request means where no sheet says more.
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
			// Only a no lets the same submission out once more.
			_, err = c.Do(context.Background(), call, provider.Request{URL: "/", Body: map[string]string{}, Paid: true})
			if again := err == nil; again != (want != fault.InDoubt) {
				t.Errorf("sent again: %t, %v", again, err)
			}
		})
	}
}

// A vendor that speaks HTTP/2 and resets a purchase after it has read all of it
// sees it once: Go's HTTP/2 would send it again by itself.
func TestPurchaseIsNotRepeatedBelowUs(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		seen.Add(1)
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
	if fault.KindOf(err) != fault.InDoubt || seen.Load() != 1 {
		t.Errorf("seen %d times: %v", seen.Load(), err)
	}
	if tr := client.Transport.(*http.Transport); tr.Protocols == nil || tr.Protocols.HTTP2() || tr.Protocols.UnencryptedHTTP2() {
		t.Error("vendors are spoken to in HTTP/2")
	}
}
