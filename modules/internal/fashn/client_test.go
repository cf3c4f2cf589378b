package fashn

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// A run that is not found fails only if the vendor is expected to know it, and only by
// the vendor's own answer.
func TestNotFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		age   time.Duration
		body  string
		phase provider.Phase
		err   bool // Poll returns an error
	}{
		"at once":    {0, `{"error":"NotFound","message":"x"}`, provider.Wait, false},
		"later":      {time.Minute, `{"error":"NotFound","message":"x"}`, provider.Failed, false},
		"of a proxy": {time.Minute, `<html>`, provider.Wait, true},
		"other name": {time.Minute, `{"error":"BadRequest"}`, provider.Wait, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, c.body)
			}))
			defer srv.Close()
			u, err := Driver{}.Poll(t.Context(), provider.Call{
				HTTP: &provider.Client{HTTP: provider.NewTransport()}, Age: c.age,
				Account: provider.Account{Vendor: "fashn", BaseURL: srv.URL, Secret: "secret-key", Variable: "FASHN_API_KEY"},
			}, provider.Ticket{ID: "1"})
			if u.Phase != c.phase || (err != nil) != c.err {
				t.Fatalf("phase %d, error %v", u.Phase, err)
			}
			if u.Err != nil && (u.Err.Kind != fault.ResultExpired || u.Err.Code != provider.JobNotFound || u.Err.Charged != fault.ChargedUnknown) {
				t.Errorf("%+v", u.Err)
			}
		})
	}
}

// Only a plausible number of credits counts.
func TestCreditsUsed(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]float64{"1": 1, "0": 0, "2.5": 2.5, "": -1, "-1": -1, "NaN": -1, "Inf": -1, "1e9": -1, "one": -1} {
		h := http.Header{}
		h.Set("x-fashn-credits-used", header)
		n, known := creditsUsed(h)
		if !known {
			n = -1
		}
		if n != want {
			t.Errorf("%q: %g, want %g", header, n, want)
		}
	}
}
