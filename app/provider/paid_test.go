package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
