package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// acmeErrors has a rule of each kind.
var acmeErrors = provider.ErrorTable{
	Title:    "Acme",
	Statuses: []int{400, 401, 403, 404, 429, 434},
	Rules: []provider.ErrorRule{
		{Match: "1113", Class: provider.NoBalance},
		{Match: "1303", Class: provider.Throttled},
		{Match: "1000", Class: provider.KeyRefused},
		{Match: "Output*", Class: provider.ResultRefused, Charged: fault.ChargedYes},
		{Match: "*RiskDetection", Class: provider.ContentRefused},
		{Match: "ImageLoadError", Class: provider.BadInput},
		{Match: "FailedOperation.Unknown", Class: provider.Unknown},
		{Match: "overloaded", Status: 503, Class: provider.Overloaded},
		{Match: "locked", Class: provider.NoAccess, Message: "{title} wants {variable} unlocked."},
		{Status: 403, Text: "verify", Class: provider.NoAccess},
		{Text: "sensitive", Class: provider.ContentRefused},
	},
}

// Each kind of rule, errors that no rule matches, and errors in a 200. The
// answers go through the client, which marks those to paid requests.
func TestErrorTable(t *testing.T) {
	t.Parallel()
	no, yes, unknown := fault.ChargedNo, fault.ChargedYes, fault.ChargedUnknown
	cases := []struct {
		name     string
		status   int
		reported provider.VendorError
		free     bool // the request
		class    provider.ErrorClass
		charged  fault.Charge
		message  string // empty: the vendor's message
	}{
		{"exact", 429, provider.VendorError{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"exact, another status", 400, provider.VendorError{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"exact, a refusal in HTTP that Statuses lacks", 402, provider.VendorError{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"longer than exact", 429, provider.VendorError{Code: "11130"}, false, provider.Throttled, no, ""},
		{"prefix", 400, provider.VendorError{Code: "OutputImage.Policy"}, false, provider.ResultRefused, yes, ""},
		{"suffix", 400, provider.VendorError{Code: "InputTextRiskDetection"}, false, provider.ContentRefused, no, ""},
		{"type", 400, provider.VendorError{Code: "x", Type: "ImageLoadError"}, false, provider.BadInput, no, ""},
		{"text in any case", 400, provider.VendorError{Code: "x", Message: "Sensitive content"}, false, provider.ContentRefused, no, ""},
		{"text with its status", 403, provider.VendorError{Message: "Verify first."}, false, provider.NoAccess, no, ""},
		{"text with another status", 401, provider.VendorError{Message: "Verify first."}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"refused key: the message is ours", 400, provider.VendorError{Code: "1000", Message: "sk-12** is bad"}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"message of the rule", 403, provider.VendorError{Code: "locked", Message: "no"}, false, provider.NoAccess, no, "Acme wants ACME_API_KEY unlocked."},
		{"in doubt by the table", 400, provider.VendorError{Code: "FailedOperation.Unknown"}, false, provider.Unknown, unknown, ""},
		{"5xx that is listed", 503, provider.VendorError{Code: "overloaded"}, false, provider.Overloaded, no, ""},
		{"5xx with a code that is listed for a refusal", 500, provider.VendorError{Code: "1113"}, false, provider.Unknown, unknown, ""},
		{"another 5xx with a listed code", 500, provider.VendorError{Code: "overloaded"}, false, provider.Unknown, unknown, ""},
		{"unlisted code of a documented status", 400, provider.VendorError{Code: "new"}, false, provider.BadInput, no, ""},
		{"unlisted code of status 429", 429, provider.VendorError{Code: "new"}, false, provider.Throttled, no, ""},
		{"documented status of the vendor's own", 434, provider.VendorError{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"undocumented status", 422, provider.VendorError{Code: "new"}, false, provider.Unknown, unknown, ""},
		{"undocumented status with a code for a refusal", 409, provider.VendorError{Code: "1113"}, false, provider.Unknown, unknown, ""},
		{"undocumented status, free", 422, provider.VendorError{}, true, provider.ErrorClass{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"5xx, free", 500, provider.VendorError{}, true, provider.ErrorClass{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"within a 200", 200, provider.VendorError{Code: "1113"}, false, provider.NoBalance, no, ""},
		{"throttled within a 200", 200, provider.VendorError{Code: "1303"}, false, provider.Throttled, no, ""},
		{"refused key within a 200", 200, provider.VendorError{Code: "1000"}, false, provider.KeyRefused, no, "Acme refuses the key in ACME_API_KEY."},
		{"unlisted within a 200", 200, provider.VendorError{Code: "new"}, false, provider.Unknown, unknown, ""},
		{"nothing within a 200", 200, provider.VendorError{}, false, provider.Unknown, unknown, ""},
		{"unlisted within a 200, free", 200, provider.VendorError{Code: "new"}, true, provider.ErrorClass{Kind: fault.Unavailable, Code: "vendor_error"}, no, ""},
		{"redirect", 302, provider.VendorError{Code: "1113"}, false, provider.Unknown, unknown, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.reported.Message == "" {
				c.reported.Message = "No."
			}
			f := acmeErrors.Fault(respond(t, c.status, !c.free), c.reported)
			if f.Kind != c.class.Kind || f.Code != c.class.Code || f.Charged != c.charged {
				t.Errorf("%s %s, charged %s; want %+v, %s", f.Kind, f.Code, f.Charged, c.class, c.charged)
			}
			if want := c.message; f.Message != want && (want != "" || f.Message != c.reported.Message) {
				t.Errorf("%q, want %q", f.Message, want)
			}
			if want := c.reported.Code; f.VendorCode != want && (want != "" || f.VendorCode != c.reported.Type) || f.RetryAfter.Seconds() != 7 {
				t.Errorf("vendor code %q, after %s", f.VendorCode, f.RetryAfter)
			}
		})
	}
}

// respond makes an answer by the client.
func respond(t *testing.T, status int, paid bool) provider.Response {
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

// Without Statuses those of HTTP are used, and a key in a code or message is
// redacted.
func TestErrorTableWithoutRules(t *testing.T) {
	t.Parallel()
	plain := provider.ErrorTable{Title: "Acme"}
	for status, want := range map[int]fault.Kind{400: fault.Invalid, 402: fault.VendorQuota, 422: fault.Invalid, 429: fault.RateLimited, 408: fault.InDoubt, 409: fault.InDoubt, 500: fault.InDoubt} {
		f := plain.Fault(respond(t, status, true), provider.VendorError{Code: "sk-0123456789", Message: "not sk-0123456789"})
		if f.Kind != want || strings.Contains(f.Message+f.VendorCode, "sk-0") {
			t.Errorf("%d: %+v", status, f)
		}
	}
	if f := plain.Fault(respond(t, 400, true), provider.VendorError{}); f.Message != "Acme answered with status 400." {
		t.Errorf("%q", f.Message)
	}
	if f := plain.Fault(provider.Response{Status: 401}, provider.VendorError{}); f.Message != "Acme refuses the key in the settings." {
		t.Errorf("%q", f.Message)
	}
}

// Failures of jobs that the vendor had accepted.
func TestFailedJobs(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		reported provider.VendorError
		kind     fault.Kind
		code     string
		charged  fault.Charge
	}{
		{"refused", provider.VendorError{Code: "TextRiskDetection", Message: "no"}, fault.Rejected, "content_refused", fault.ChargedUnknown},
		{"refused and charged", provider.VendorError{Code: "OutputX"}, fault.Rejected, "result_refused", fault.ChargedYes},
		{"bad input", provider.VendorError{Type: "ImageLoadError"}, fault.Invalid, "vendor_refused_input", fault.ChargedUnknown},
		{"no access", provider.VendorError{Code: "locked"}, fault.VendorAccess, "vendor_access", fault.ChargedUnknown},
		{"no balance does not park the key", provider.VendorError{Code: "1113"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"throttled does not send it again", provider.VendorError{Code: "1303"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"in doubt by the table, but the job failed", provider.VendorError{Code: "FailedOperation.Unknown"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"unlisted", provider.VendorError{Code: "PipelineError"}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
		{"no code and no message", provider.VendorError{}, fault.VendorFailed, "vendor_failed", fault.ChargedUnknown},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := acmeErrors.Failed(c.reported, fault.ChargedUnknown)
			if f.Kind != c.kind || f.Code != c.code || f.Charged != c.charged || f.Message == "" {
				t.Errorf("%+v", f)
			}
			if c.charged == fault.ChargedUnknown {
				if f := acmeErrors.Failed(c.reported, fault.ChargedNo); f.Charged != fault.ChargedNo {
					t.Errorf("charged %s, want no", f.Charged)
				}
			}
		})
	}
}
