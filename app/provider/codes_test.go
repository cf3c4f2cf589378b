package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// acme is a sheet with a row of every sort.
var acme = provider.Codes{
	Title:    "Acme",
	Statuses: []int{400, 401, 403, 404, 429, 434},
	Rules: []provider.CodeRule{
		{Match: "1113", Means: provider.NoBalance},
		{Match: "1303", Means: provider.Throttled},
		{Match: "1000", Means: provider.KeyRefused},
		{Match: "Output*", Means: provider.ResultRefused, Charged: fault.ChargedYes},
		{Match: "*RiskDetection", Means: provider.ContentRefused},
		{Match: "ImageLoadError", Means: provider.BadInput},
		{Match: "FailedOperation.Unknown", Means: provider.Unknown},
		{Match: "overloaded", Status: 503, Means: provider.Overloaded},
		{Match: "locked", Means: provider.NoAccess, Safe: "{title} wants {variable} unlocked."},
		{Status: 403, Text: "verify", Means: provider.NoAccess},
		{Text: "sensitive", Means: provider.ContentRefused},
	},
}

// Every sort of row, what no row lists, and the same codes within a 200. The
// answers go through the client: only it knows that the request was paid.
func TestCodes(t *testing.T) {
	t.Parallel()
	no, yes, unknown := fault.ChargedNo, fault.ChargedYes, fault.ChargedUnknown
	cases := []struct {
		name    string
		status  int
		told    provider.Problem
		free    bool // the request
		means   provider.Meaning
		charged fault.Charge
		safe    string // empty: the vendor's words
	}{
		{"exact", 429, provider.Problem{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"exact, another status", 400, provider.Problem{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"exact, a no in HTTP that the sheet lacks", 402, provider.Problem{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"longer than exact", 429, provider.Problem{Code: "11130"}, false, provider.Throttled, no, ""},
		{"prefix", 400, provider.Problem{Code: "OutputImage.Policy"}, false, provider.ResultRefused, yes, ""},
		{"suffix", 400, provider.Problem{Code: "InputTextRiskDetection"}, false, provider.ContentRefused, no, ""},
		{"type", 400, provider.Problem{Code: "x", Type: "ImageLoadError"}, false, provider.BadInput, no, ""},
		{"text in any case", 400, provider.Problem{Code: "x", Message: "Sensitive content"}, false, provider.ContentRefused, no, ""},
		{"text with its status", 403, provider.Problem{Message: "Verify first."}, false, provider.NoAccess, no, ""},
		{"text with another status", 401, provider.Problem{Message: "Verify first."}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"refused key in our words", 400, provider.Problem{Code: "1000", Message: "sk-12** is bad"}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"words of the table", 403, provider.Problem{Code: "locked", Message: "no"}, false, provider.NoAccess, no, "Acme wants ACME_API_KEY unlocked."},
		{"in doubt by the table", 400, provider.Problem{Code: "FailedOperation.Unknown"}, false, provider.Unknown, unknown, ""},
		{"5xx that is listed", 503, provider.Problem{Code: "overloaded"}, false, provider.Overloaded, no, ""},
		{"5xx with a code that is listed for a no", 500, provider.Problem{Code: "1113"}, false, provider.Unknown, unknown, ""},
		{"another 5xx with a listed code", 500, provider.Problem{Code: "overloaded"}, false, provider.Unknown, unknown, ""},
		{"unlisted code of a documented status", 400, provider.Problem{Code: "new"}, false, provider.BadInput, no, ""},
		{"unlisted code of a throttle", 429, provider.Problem{Code: "new"}, false, provider.Throttled, no, ""},
		{"documented status of the vendor's own", 434, provider.Problem{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"undocumented status", 422, provider.Problem{Code: "new"}, false, provider.Unknown, unknown, ""},
		{"undocumented status with a code for a no", 409, provider.Problem{Code: "1113"}, false, provider.Unknown, unknown, ""},
		{"undocumented status, free", 422, provider.Problem{}, true, provider.Meaning{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"5xx, free", 500, provider.Problem{}, true, provider.Meaning{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"within a 200", 200, provider.Problem{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"throttled within a 200", 200, provider.Problem{Code: "1303"}, false, provider.Throttled, no, ""},
		{"refused key within a 200", 200, provider.Problem{Code: "1000"}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"unlisted within a 200", 200, provider.Problem{Code: "new"}, false, provider.Unknown, unknown, ""},
		{"nothing within a 200", 200, provider.Problem{}, false, provider.Unknown, unknown, ""},
		{"unlisted within a 200, free", 200, provider.Problem{Code: "new"}, true, provider.Meaning{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"redirect", 302, provider.Problem{Code: "1113"}, false, provider.Unknown, unknown, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.told.Message == "" {
				c.told.Message = "No."
			}
			f := acme.Fault(answered(t, c.status, !c.free), c.told)
			if f.Kind != c.means.Kind || f.Code != c.means.Code || f.Charged != c.charged {
				t.Errorf("%s %s, charged %s; want %+v, %s", f.Kind, f.Code, f.Charged, c.means, c.charged)
			}
			if want := c.safe; f.Message != want && (want != "" || f.Message != c.told.Message) {
				t.Errorf("%q, want %q", f.Message, want)
			}
			if want := c.told.Code; f.VendorCode != want && (want != "" || f.VendorCode != c.told.Type) || f.RetryAfter.Seconds() != 7 {
				t.Errorf("vendor code %q, after %s", f.VendorCode, f.RetryAfter)
			}
		})
	}
}

// answered is an answer as the client gives it.
func answered(t *testing.T, status int, paid bool) provider.Response {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("{}"))
	}))
	defer srv.Close()
	call := provider.Call{
		Account: provider.Account{Vendor: "acme", BaseURL: srv.URL, Secret: "sk-0123456789", Variable: "ACME_API_KEY"},
		HTTP:    &provider.Client{HTTP: provider.NewTransport()},
	}
	res, err := call.HTTP.Do(t.Context(), call, provider.Request{URL: "/", Method: "POST", Paid: paid})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// Without statuses of its own a sheet has those of HTTP, and a code or message
// that quotes the key does so in vain.
func TestCodesPlain(t *testing.T) {
	t.Parallel()
	plain := provider.Codes{Title: "Acme"}
	for status, want := range map[int]fault.Kind{400: fault.Invalid, 402: fault.VendorQuota, 422: fault.Invalid, 429: fault.RateLimited, 408: fault.InDoubt, 409: fault.InDoubt, 500: fault.InDoubt} {
		f := plain.Fault(answered(t, status, true), provider.Problem{Code: "sk-0123456789", Message: "not sk-0123456789"})
		if f.Kind != want || strings.Contains(f.Message+f.VendorCode, "sk-0") {
			t.Errorf("%d: %+v", status, f)
		}
	}
	if f := plain.Fault(answered(t, 400, true), provider.Problem{}); f.Message != "Acme answered with status 400." {
		t.Errorf("%q", f.Message)
	}
	if f := plain.Fault(provider.Response{Status: 401}, provider.Problem{}); f.Message != "Acme refuses the key in the settings." {
		t.Errorf("%q", f.Message)
	}
}

// What a vendor reports of a job that it had accepted.
func TestFailedJobs(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		told    provider.Problem
		kind    fault.Kind
		code    string
		charged fault.Charge
	}{
		{"refused", provider.Problem{Code: "TextRiskDetection", Message: "no"}, fault.Rejected, "content_refused", fault.ChargedUnknown},
		{"refused and charged", provider.Problem{Code: "OutputX"}, fault.Rejected, "result_refused", fault.ChargedYes},
		{"bad input", provider.Problem{Type: "ImageLoadError"}, fault.Invalid, "vendor_refused_input", fault.ChargedUnknown},
		{"no access", provider.Problem{Code: "locked"}, fault.VendorAccess, "vendor_access", fault.ChargedUnknown},
		{"no balance is no reason to park a key", provider.Problem{Code: "1113"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"a throttle is no reason to send again", provider.Problem{Code: "1303"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"doubt is none: it failed", provider.Problem{Code: "FailedOperation.Unknown"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"unlisted", provider.Problem{Code: "PipelineError"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"silent", provider.Problem{}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := acme.Failed(c.told, fault.ChargedUnknown)
			if f.Kind != c.kind || f.Code != c.code || f.Charged != c.charged || f.Message == "" {
				t.Errorf("%+v", f)
			}
			if c.charged == fault.ChargedUnknown {
				if f := acme.Failed(c.told, fault.ChargedNo); f.Charged != fault.ChargedNo {
					t.Errorf("charged %s, the sheet says no", f.Charged)
				}
			}
		})
	}
}
