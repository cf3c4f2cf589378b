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
		Message provider.Text `json:"message"`
		Type    provider.Text `json:"type"`
		Code    provider.Text `json:"code"`
		Details *moderation   `json:"moderation_details,omitempty"`
		Inner   struct {
			Code provider.Text `json:"code"`
		} `json:"inner_error"` // of Azure OpenAI
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
	Title:    title,
	Statuses: refusals,
	Rules: append([]provider.ErrorRule{
		{Match: "server_is_overloaded", Status: http.StatusServiceUnavailable, Class: provider.Overloaded},
	}, rules...),
}

// azureCodes are the errors of Azure OpenAI, before those of OpenAI. No 5xx is documented
// as not accepted. A refusal may be charged, since the service evaluated the prompt.
var azureCodes = provider.ErrorTable{
	Title:    azureTitle,
	Statuses: refusals,
	Rules: append([]provider.ErrorRule{
		{Match: "contentFilter", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Match: "content_policy_violation", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Match: "ResponsibleAIPolicyViolation", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Match: "moderation_blocked", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Match: "image_generation_user_error", Class: provider.ContentRefused, Charged: fault.ChargedUnknown},
		{Match: "DeploymentNotFound", Class: deploymentUnknown},
	}, rules...),
}

// refusals are the statuses by which both document that they refused a request.
var refusals = []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests}

// rules are OpenAI's errors that Azure OpenAI has too.
var rules = []provider.ErrorRule{
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
}

// responseFault is the fault of an answer that is no success. The code of an inner error
// counts before that of the error if the table has it.
func (h host) responseFault(c provider.Call, res provider.Response) *fault.Error {
	var p problem
	_ = json.Unmarshal(res.Body, &p) // a gateway in front may send anything
	e := provider.VendorError{Code: string(p.Error.Code), Type: string(p.Error.Type), Message: string(p.Error.Message)}
	if inner := string(p.Error.Inner.Code); inner != "" {
		if rule, listed := h.codes.Find(res.Status, provider.VendorError{Code: inner}); listed && rule.Match != "" {
			e.Code = inner
		}
	}
	f := h.codes.Fault(res, e)
	switch {
	case f.Kind == fault.Rejected && p.Error.Details != nil:
		p.Error.Details.explain(f)
	case f.Code == deploymentUnknown.Code:
		f.Message = provider.Sanitize(fmt.Sprintf("%s has no deployment %q, which AZURE_OPENAI_DEPLOYMENTS names for %s. It says: %s",
			h.title, c.Account.Attrs[attrDeployment+c.Model], c.Model, f.Message))
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
