package openai

import (
	"encoding/json"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

type problem struct {
	Error struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Param   string `json:"param"`
		Code    string `json:"code"`
	} `json:"error"`
}

// Codes of a 429 or 400 that mean an empty purse, not a busy moment.
var billing = map[string]bool{
	"insufficient_quota": true, "credit_balance_exhausted": true, "organization_spend_limit_exceeded": true,
	"project_spend_limit_exceeded": true, "organization_usage_limit_exceeded": true, "billing_hard_limit_reached": true,
}

// failure reads an answer that is no 200. It goes by type and code first, for
// the status alone cannot tell a throttle from an empty purse.
func failure(res provider.Response) *fault.Error {
	var p problem
	_ = json.Unmarshal(res.Body, &p) // gateways in front may send anything
	code := p.Error.Code
	if code == "" {
		code = p.Error.Type
	}
	f := res.Fault("OpenAI", code, p.Error.Message)
	switch {
	case billing[p.Error.Code] || p.Error.Type == "insufficient_quota":
		f.Kind, f.Code = fault.VendorQuota, "vendor_no_balance"
	case p.Error.Code == "moderation_blocked" || p.Error.Code == "content_policy_violation" || p.Error.Type == "image_generation_user_error":
		f.Kind, f.Code = fault.Rejected, "content_refused"
	case res.Status == 401:
		// The vendor's text quotes part of the key.
		f.Safe = "OpenAI refuses the key in OPENAI_API_KEY."
	case res.Status == 403 && strings.Contains(p.Error.Message, "verified"):
		f.Safe = "The OpenAI organization must be verified for this model; see its account settings. The key itself is fine."
		f.Code = fault.AccountSetup
	case res.Status == 503 && p.Error.Code == "server_is_overloaded":
		// Documented as not accepted; any other 5xx leaves the outcome unknown.
		f.Kind, f.Code, f.Charged = fault.Unavailable, "vendor_overloaded", fault.ChargedNo
	case res.Status == 408 || res.Status == 409:
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	}
	return f
}
