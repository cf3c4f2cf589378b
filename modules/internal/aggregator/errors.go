package aggregator

import (
	"encoding/json"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// errorTable are the errors of a host. Any other 5xx leaves the outcome unknown: such
// hosts go on after a cut and cannot be asked by an id of ours.
func errorTable(model string) provider.ErrorTable {
	notServed := "The aggregator does not serve the model " + provider.Sanitize(model) + "; nothing was bought. See `aigc doctor` for the models that it serves."
	refused := []provider.ErrorRule{
		{Match: "content_policy_violation", Class: provider.ContentRefused},
		{Match: "moderation_blocked", Class: provider.ContentRefused},
		{Match: "sensitive_words_detected", Class: provider.ContentRefused},
	}
	return provider.ErrorTable{Title: "The aggregator", Rules: append(refused, []provider.ErrorRule{
		{Match: "insufficient_user_quota", Class: provider.NoBalance},
		{Match: "quota_exceeded", Class: provider.NoBalance},
		{Match: "resource_exhausted", Class: provider.Throttled},
		{Match: "model_not_found", Class: provider.ModelUnknown, Message: notServed},
		{Match: "model_not_found", Status: http.StatusServiceUnavailable, Class: provider.ModelUnknown, Message: notServed},
		{Text: "no available channel", Status: http.StatusServiceUnavailable, Class: provider.ModelUnknown, Message: notServed},
		{Text: "no available channel", Class: provider.ModelUnknown, Message: notServed},
		{Status: http.StatusNotFound, Class: provider.ModelUnknown, Message: notServed},
		{Status: http.StatusUnauthorized, Class: provider.KeyRefused},
		{Status: http.StatusPaymentRequired, Class: provider.NoBalance},
		{Status: http.StatusForbidden, Class: provider.NoAccess},
	}...)}
}

// problem finds the error of an answer: {"error":{message,type,code}}, {"error":"text"}
// or flat {code,message}. ok is false if there is none.
func problem(body []byte) (p provider.VendorError, ok bool) {
	var w struct {
		Error   json.RawMessage `json:"error"`
		Code    provider.Text   `json:"code"`
		Type    provider.Text   `json:"type"`
		Message provider.Text   `json:"message"`
	}
	_ = provider.Unmarshal(body, &w)
	flat := provider.VendorError{Code: string(w.Code), Type: string(w.Type), Message: string(w.Message)}
	var inner struct {
		Code    provider.Text `json:"code"`
		Type    provider.Text `json:"type"`
		Message provider.Text `json:"message"`
	}
	var text string
	switch {
	case json.Unmarshal(w.Error, &text) == nil:
		if text == "" { // new-api sends empty strings for what is absent; null unmarshals to one
			return flat, false
		}
		return provider.VendorError{Code: flat.Code, Type: flat.Type, Message: text}, true
	case len(w.Error) > 0 && provider.Unmarshal(w.Error, &inner) == nil && (inner.Code != "" || inner.Type != "" || inner.Message != ""):
		return provider.VendorError{Code: string(inner.Code), Type: string(inner.Type), Message: string(inner.Message)}, true
	}
	return flat, false
}

// responseFault is the fault of an answer that is no success.
func responseFault(c provider.Call, res provider.Response) *fault.Error {
	p, _ := problem(res.Body)
	return errorTable(c.Model).Fault(res, p)
}
