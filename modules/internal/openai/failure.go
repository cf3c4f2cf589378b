package openai

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

type problem struct {
	Error struct {
		Message string      `json:"message"`
		Type    string      `json:"type"`
		Param   *string     `json:"param"`
		Code    *string     `json:"code"`
		Details *moderation `json:"moderation_details,omitempty"`
	} `json:"error"`
}

// moderation says at which end the filter struck, and why.
type moderation struct {
	Stage      string   `json:"moderation_stage"` // "input" or "output"
	Categories []string `json:"categories"`
}

func (p problem) code() string {
	if p.Error.Code != nil {
		return *p.Error.Code
	}
	return ""
}

// billing are the codes that mean an empty purse, whatever the status says.
var billing = map[string]bool{
	"insufficient_quota": true, "credit_balance_exhausted": true, "organization_spend_limit_exceeded": true,
	"project_spend_limit_exceeded": true, "organization_usage_limit_exceeded": true, "billing_hard_limit_reached": true,
}

// refusals are the codes of moderation, today's and that of the DALL-E era.
var refusals = map[string]bool{"moderation_blocked": true, "content_policy_violation": true}

// documented are the statuses by which OpenAI says no. Other 4xx prove nothing.
var documented = map[int]bool{
	http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true,
	http.StatusNotFound: true, http.StatusTooManyRequests: true,
}

// failure reads an answer that is no 200. A 4xx goes by type and code first:
// the status alone cannot tell a throttle from an empty purse. Of a 5xx only
// the one documented as not accepted proves anything.
func failure(c provider.Call, res provider.Response) *fault.Error {
	var p problem
	_ = json.Unmarshal(res.Body, &p) // gateways in front may send anything
	code := p.code()
	f := res.Fault("OpenAI", code, p.Error.Message)
	if f.VendorCode == "" {
		f.VendorCode = provider.Sanitize(p.Error.Type)
	}
	switch {
	case res.Status == http.StatusServiceUnavailable && code == "server_is_overloaded":
		f.Kind, f.Code, f.Charged = fault.Unavailable, "vendor_overloaded", fault.ChargedNo
	case res.Status < 400 || res.Status >= 500:
	case billing[code] || p.Error.Type == "insufficient_quota":
		f.Kind, f.Code = fault.VendorQuota, "vendor_no_balance"
	case refusals[code] || p.Error.Type == "image_generation_user_error":
		refused(f, p.Error.Details)
	case res.Status == http.StatusUnauthorized:
		// The vendor's text quotes part of the key.
		f.Safe = fmt.Sprintf("OpenAI refuses the key in %s.", c.Account.Variable)
	case res.Status == http.StatusForbidden && strings.Contains(strings.ToLower(p.Error.Message), "verified"):
		f.Code = fault.AccountSetup
		f.Safe = "The OpenAI organization must be verified for this model; see its account settings. The key itself is fine."
	case res.Status == http.StatusForbidden && strings.Contains(code, "unsupported_country"):
		f.Code = "vendor_region_refused"
	case code == "model_not_found":
		f.Code = "vendor_model_unknown"
	case !documented[res.Status]:
		// The vendor's own clients send 408 and 409 again, which proves nothing;
		// others come from whoever stands in between.
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	}
	return f
}

// refused is moderation's no. What was refused after it was drawn may have
// cost something: the sheet does not say.
func refused(f *fault.Error, m *moderation) {
	f.Kind, f.Code = fault.Rejected, "content_refused"
	if m == nil {
		return
	}
	if m.Stage == "output" {
		f.Code, f.Charged = "result_refused", fault.ChargedUnknown
	}
	if why := provider.Sanitize(strings.Join(m.Categories, ", ")); why != "" && !strings.Contains(f.Safe, why) {
		f.Safe = provider.Sanitize(f.Safe + " (" + why + ")")
	}
}
