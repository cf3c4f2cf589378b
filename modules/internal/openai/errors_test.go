package openai

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"aigc/app/fault"
	"aigc/app/provider"
)

// Every documented error, and undocumented ones.
func TestErrors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status     int
		kind, code string // the vendor's
		want       fault.Kind
		ours       string
		charged    fault.Charge
	}{
		{400, "invalid_request_error", "invalid_value", fault.Invalid, "vendor_refused_input", fault.ChargedNo},
		{400, "invalid_request_error", "", fault.Invalid, "vendor_refused_input", fault.ChargedNo},
		{400, "image_generation_user_error", "moderation_blocked", fault.Rejected, "content_refused", fault.ChargedNo},
		{400, "image_generation_user_error", "", fault.Rejected, "content_refused", fault.ChargedNo},
		{400, "invalid_request_error", "content_policy_violation", fault.Rejected, "content_refused", fault.ChargedNo},
		{400, "invalid_request_error", "billing_hard_limit_reached", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{401, "invalid_request_error", "invalid_api_key", fault.VendorAuth, "vendor_key_refused", fault.ChargedNo},
		{403, "invalid_request_error", "", fault.VendorAccess, "vendor_access", fault.ChargedNo},
		{403, "request_forbidden", "unsupported_country_region_territory", fault.VendorAuth, "vendor_region_refused", fault.ChargedNo},
		{404, "invalid_request_error", "model_not_found", fault.Invalid, "vendor_model_unknown", fault.ChargedNo},
		{429, "requests", "rate_limit_exceeded", fault.RateLimited, "vendor_rate_limited", fault.ChargedNo},
		{429, "", "slow_down", fault.RateLimited, "vendor_rate_limited", fault.ChargedNo},
		{429, "", "", fault.RateLimited, "vendor_rate_limited", fault.ChargedNo},
		{429, "insufficient_quota", "", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "insufficient_quota", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "credit_balance_exhausted", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "organization_spend_limit_exceeded", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "project_spend_limit_exceeded", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "organization_usage_limit_exceeded", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{429, "", "billing_hard_limit_reached", fault.VendorQuota, "vendor_no_balance", fault.ChargedNo},
		{503, "service_unavailable_error", "server_is_overloaded", fault.Unavailable, "vendor_overloaded", fault.ChargedNo},
		{503, "service_unavailable_error", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{500, "server_error", "server_error", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{500, "server_error", "server_is_overloaded", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{500, "insufficient_quota", "insufficient_quota", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{402, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{408, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{409, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{422, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{499, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{302, "", "", fault.InDoubt, "vendor_error", fault.ChargedUnknown},
		{202, "", "", fault.InDoubt, "answer_unreadable", fault.ChargedUnknown},
	}
	// Sent through the client, since it records that the request is paid.
	for _, c := range cases {
		message := "No."
		if c.want == fault.VendorAccess { // only the message identifies it
			message = "Your organization must be verified to use the model."
		}
		body := `{"error":{"message":"` + message + `","type":"` + c.kind + `","param":null,"code":"` + c.code + `"}}`
		client := &provider.Client{HTTP: &http.Client{Transport: canned{c.status, body}}}
		call := provider.Call{HTTP: client, Account: provider.Account{BaseURL: "https://vendor.test", Variable: "OPENAI_API_KEY"}}
		_, err := Generator{}.Generate(t.Context(), call, GenerateInput{Options: Options{Prompt: "x"}})
		f := fault.From(err)
		if f == nil || f.Kind != c.want || f.Code != c.ours || f.Charged != c.charged || f.Message == "" {
			t.Errorf("%d %s %s: %+v", c.status, c.kind, c.code, f)
			continue
		}
		if f.Code == "vendor_key_refused" && !strings.Contains(f.Message, "OPENAI_API_KEY") {
			t.Errorf("%d %s does not name the variable: %q", c.status, c.code, f.Message)
		}
	}
}

// canned is a transport that always returns the same answer.
type canned struct {
	status int
	body   string
}

// RoundTrip implements [http.RoundTripper].
func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: c.status, Request: r, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(c.body))}, nil
}
