package openai

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

type problem struct {
	Error struct {
		Message provider.Text `json:"message"`
		Type    provider.Text `json:"type"`
		Code    provider.Text `json:"code"`
		Details *moderation   `json:"moderation_details,omitempty"`
	} `json:"error"`
}

// moderation says whether the input or the output was refused, and why.
type moderation struct {
	Stage      string   `json:"moderation_stage"` // "input" or "output"
	Categories []string `json:"categories"`
}

// codes are the vendor's errors. Type and code of a 4xx are matched before its
// status, since a 429 may be throttling or an empty balance. Of the 5xx only
// server_is_overloaded is documented as not accepted. 408 and 409 leave open
// whether the request was executed: the vendor's own clients retry them.
var codes = provider.ErrorTable{
	Title:    "OpenAI",
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		{Match: "server_is_overloaded", Status: http.StatusServiceUnavailable, Class: provider.Overloaded},
		{Match: "insufficient_quota", Class: provider.NoBalance},
		{Match: "credit_balance_exhausted", Class: provider.NoBalance},
		{Match: "organization_spend_limit_exceeded", Class: provider.NoBalance},
		{Match: "project_spend_limit_exceeded", Class: provider.NoBalance},
		{Match: "organization_usage_limit_exceeded", Class: provider.NoBalance},
		{Match: "billing_hard_limit_reached", Class: provider.NoBalance},
		{Match: "moderation_blocked", Class: provider.ContentRefused},
		{Match: "content_policy_violation", Class: provider.ContentRefused}, // of the DALL-E era
		{Match: "image_generation_user_error", Class: provider.ContentRefused},
		{Status: http.StatusUnauthorized, Class: provider.KeyRefused},
		{Status: http.StatusForbidden, Text: "verified", Class: provider.NoAccess,
			Message: "The {title} organization must be verified for this model; see its account settings. The key itself is fine."},
		{Match: "unsupported_country*", Status: http.StatusForbidden, Class: provider.ErrorClass{Kind: fault.VendorAuth, Code: "vendor_region_refused"}},
		{Match: "model_not_found", Class: provider.ModelUnknown},
	},
}

// responseFault is the fault of an answer that is no success.
func responseFault(res provider.Response) *fault.Error {
	var p problem
	_ = json.Unmarshal(res.Body, &p) // a gateway in front may send anything
	f := codes.Fault(res, provider.VendorError{Code: string(p.Error.Code), Type: string(p.Error.Type), Message: string(p.Error.Message)})
	if f.Kind == fault.Rejected && p.Error.Details != nil {
		p.Error.Details.explain(f)
	}
	return f
}

// explain adds a refusal's stage and categories to the fault. It is not documented
// whether a refused output is charged.
func (m moderation) explain(f *fault.Error) {
	if m.Stage == "output" {
		f.Code, f.Charged = provider.ResultRefused.Code, fault.ChargedUnknown
	}
	if why := provider.Sanitize(strings.Join(m.Categories, ", ")); why != "" && !strings.Contains(f.Message, why) {
		f.Message = provider.Sanitize(f.Message + " (" + why + ")")
	}
}
