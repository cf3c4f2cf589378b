package kling

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Every documented error, and undocumented ones, as the answer to a paid request.
func TestErrors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status     int
		code       string // in the body; empty: no JSON
		kind       fault.Kind
		ours, says string
	}{
		{401, "1000", fault.VendorAuth, "vendor_key_refused", "refuses the key in KLING_API_KEY"},
		{401, "1001", fault.VendorAuth, "vendor_key_refused", "refuses the key in KLING_API_KEY"},
		{401, "1002", fault.VendorAuth, "vendor_key_refused", "refuses the key in KLING_API_KEY"},
		{401, "1003", fault.VendorAuth, "vendor_key_refused", "clock"},
		{401, "1004", fault.VendorAuth, "vendor_key_refused", "clock"},
		{401, "", fault.VendorAuth, "vendor_key_refused", "KLING_API_KEY"},
		{429, "1100", fault.VendorAuth, "vendor_key_refused", "account"},
		{429, "1101", fault.VendorQuota, "vendor_no_balance", "reason"},
		{429, "1102", fault.VendorQuota, "vendor_no_balance", "reason"},
		{403, "1103", fault.VendorAccess, "vendor_access", "reason"},
		{403, "", fault.VendorAccess, "vendor_access", "403"},
		{400, "1200", fault.Invalid, "vendor_refused_input", "reason"},
		{400, "1201", fault.Invalid, "vendor_refused_input", "reason"},
		{404, "1202", fault.Invalid, "vendor_refused_input", "reason"},
		{404, "1203", fault.Invalid, "vendor_model_unknown", "no longer served"},
		{400, "1300", fault.Rejected, "content_refused", "reason"},
		{400, "1301", fault.Rejected, "content_refused", "reason"},
		{429, "1302", fault.RateLimited, "vendor_rate_limited", "reason"},
		{429, "1303", fault.RateLimited, "vendor_rate_limited", "reason"},
		{429, "1304", fault.VendorAccess, "vendor_access", "IP address"},
		{429, "", fault.RateLimited, "vendor_rate_limited", "429"},
		{200, "1303", fault.RateLimited, "vendor_rate_limited", "reason"},
		{200, "1301", fault.Rejected, "content_refused", "reason"},
		{200, "9999", fault.InDoubt, "vendor_error", "reason"},
		{500, "5000", fault.InDoubt, "vendor_error", "reason"},
		{503, "5001", fault.InDoubt, "vendor_error", "reason"},
		{504, "5002", fault.InDoubt, "vendor_error", "reason"},
		{500, "1102", fault.InDoubt, "vendor_error", "reason"},
		{408, "", fault.InDoubt, "vendor_error", "408"},
	}
	for _, c := range cases {
		t.Run(http.StatusText(c.status)+" "+c.code, func(t *testing.T) {
			t.Parallel()
			body := `{"code":` + c.code + `,"message":"the reason","request_id":"x"}`
			if c.code == "" {
				body = "<html>"
			}
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, body)
			}))
			defer srv.Close()
			call := provider.Call{
				Model: "kling-v3", HTTP: &provider.Client{HTTP: provider.NewTransport()},
				Account: provider.Account{Vendor: "kling", BaseURL: srv.URL, Secret: "secret-key", Variable: "KLING_API_KEY"},
			}
			_, err := Driver{}.Submit(t.Context(), call, Input{Prompt: "x"})
			f := fault.From(err)
			if f == nil || f.Kind != c.kind || f.Code != c.ours || f.VendorCode != c.code || !strings.Contains(f.Message, c.says) {
				t.Fatalf("%+v, want %s %s %q", f, c.kind, c.ours, c.says)
			}
			if want := map[bool]fault.Charge{true: fault.ChargedUnknown, false: fault.ChargedNo}[c.kind == fault.InDoubt]; f.Charged != want {
				t.Errorf("charged %s, want %s", f.Charged, want)
			}
		})
	}
}
