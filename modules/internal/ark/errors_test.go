package ark

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/modules/internal/seedream"
)

// Every documented error, and undocumented ones.
func TestErrors(t *testing.T) {
	t.Parallel()
	cases := []struct {
		status int
		code   string
		kind   fault.Kind
		ours   string
	}{
		{400, "MissingParameter", fault.Invalid, "vendor_refused_input"},
		{400, "InvalidParameter", fault.Invalid, "vendor_refused_input"},
		{400, "InvalidParameter.UnsupportedImageFormat", fault.Invalid, "vendor_refused_input"},
		{400, "InvalidImageURL.EmptyURL", fault.Invalid, "vendor_refused_input"},
		{400, "", fault.Invalid, "vendor_refused_input"},
		{400, "InputTextSensitiveContentDetected", fault.Rejected, "content_refused"},
		{400, "InputTextSensitiveContentDetected.PolicyViolation", fault.Rejected, "content_refused"},
		{400, "InputImageSensitiveContentDetected.PrivacyInformation", fault.Rejected, "content_refused"},
		{400, "SensitiveContentDetected", fault.Rejected, "content_refused"},
		{400, "SensitiveContentDetected.SevereViolation", fault.Rejected, "content_refused"},
		{400, "InputTextRiskDetection", fault.Rejected, "content_refused"},
		{400, "OutputImageSensitiveContentDetected", fault.Rejected, "result_refused"},
		{400, "OutputImageSensitiveContentDetected.PolicyViolation", fault.Rejected, "result_refused"},
		{401, "AuthenticationError", fault.VendorAuth, "vendor_key_refused"},
		{401, "InvalidAccountStatus", fault.VendorAuth, "vendor_key_refused"},
		{401, "", fault.VendorAuth, "vendor_key_refused"},
		{403, "AccountOverdueError", fault.VendorQuota, "vendor_no_balance"},
		{403, "AccessDenied", fault.VendorAccess, "vendor_access"},
		{403, "OperationDenied.ServiceNotOpen", fault.VendorAccess, "vendor_access"},
		{403, "SomethingNew", fault.VendorAccess, "vendor_access"},
		{404, "ModelNotOpen", fault.VendorAccess, "vendor_access"},
		{404, "InvalidEndpointOrModel.ModelIDAccessDisabled", fault.VendorAccess, "vendor_access"},
		{404, "InvalidEndpointOrModel.NotFound", fault.Invalid, "vendor_model_unknown"},
		{404, "", fault.Invalid, "vendor_refused_input"},
		{429, "ModelAccountIpmRateLimitExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "ModelAccountRpmRateLimitExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "ModelAccountTpmRateLimitExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "APIAccountRpmRateLimitExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "RateLimitExceeded.EndpointRPMExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "AccountRateLimitExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "RequestBurstTooFast", fault.RateLimited, "vendor_rate_limited"},
		{429, "ServerOverloaded", fault.RateLimited, "vendor_rate_limited"},
		{429, "InflightBatchsizeExceeded", fault.RateLimited, "vendor_rate_limited"},
		{429, "SomethingNew", fault.RateLimited, "vendor_rate_limited"},
		{429, "SetLimitExceeded", fault.VendorQuota, "vendor_no_balance"},
		{429, "QuotaExceeded", fault.VendorQuota, "vendor_no_balance"},
		{500, "InternalServiceError", fault.InDoubt, "vendor_error"},
		{500, "QuotaExceeded", fault.InDoubt, "vendor_error"},
		{503, "ServerOverloaded", fault.InDoubt, "vendor_error"},
		{503, "", fault.InDoubt, "vendor_error"},
		{408, "", fault.InDoubt, "vendor_error"},
		{409, "InvalidParameter", fault.InDoubt, "vendor_error"},
		{499, "", fault.InDoubt, "vendor_error"},
		{302, "", fault.InDoubt, "vendor_error"},
		{202, "", fault.InDoubt, "vendor_error"},
	}
	// Sent through the client, since it records that the request is paid.
	for _, c := range cases {
		body := `{"error":{"code":"` + c.code + `","message":"No. Request id: 0217","type":"T"}}`
		client := &provider.Client{HTTP: &http.Client{Transport: canned{c.status, body}}}
		call := provider.Call{HTTP: client, Account: provider.Account{BaseURL: "https://vendor.test", Variable: "ARK_API_KEY"}}
		_, err := Driver[seedream.Input]{}.Generate(t.Context(), call, seedream.Input{Options: seedream.Options{Prompt: "x"}})
		f := fault.From(err)
		if f == nil {
			t.Errorf("%d %s: no fault", c.status, c.code)
			continue
		}
		charged := fault.ChargedNo
		if c.kind == fault.InDoubt {
			charged = fault.ChargedUnknown
		}
		if f.Kind != c.kind || f.Code != c.ours || f.Charged != charged || f.VendorCode != c.code {
			t.Errorf("%d %s: %+v", c.status, c.code, f)
		}
		if f.Message == "" || strings.Contains(f.Message, "0217") || f.RetryAfter != 3*time.Second {
			t.Errorf("%d %s: %q after %s", c.status, c.code, f.Message, f.RetryAfter)
		}
		if f.Code == provider.KeyRefused.Code && !strings.Contains(f.Message, "ARK_API_KEY") {
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
	return &http.Response{StatusCode: c.status, Request: r, Header: http.Header{"Retry-After": {"3"}}, Body: io.NopCloser(strings.NewReader(c.body)), ContentLength: -1}, nil
}
