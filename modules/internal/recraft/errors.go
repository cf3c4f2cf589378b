package recraft

import (
	"encoding/json"
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors. It documents no error codes: a content refusal is a
// 400 that only its message tells apart, and a 403 is a lack of units or of access. A
// status that is not listed, and every 5xx, leaves open whether the request was
// executed.
var codes = provider.ErrorTable{
	Title: title,
	Statuses: []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden,
		http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests,
	},
	Rules: []provider.ErrorRule{
		{Status: http.StatusBadRequest, Text: "moderation", Class: provider.ContentRefused},
		{Status: http.StatusBadRequest, Text: "content policy", Class: provider.ContentRefused},
		{Status: http.StatusBadRequest, Text: "nsfw content", Class: provider.ContentRefused},
		{Status: http.StatusForbidden, Text: "units", Class: provider.NoBalance},
		{Status: http.StatusForbidden, Text: "credits", Class: provider.NoBalance},
		{Status: http.StatusForbidden, Text: "balance", Class: provider.NoBalance},
		{Status: http.StatusForbidden, Class: provider.NoAccess},
	},
}

// responseFault is the fault of an answer that is no success: JSON with code and message,
// or a text.
func responseFault(res provider.Response) *fault.Error {
	var w struct {
		Code    provider.Text `json:"code"`
		Message provider.Text `json:"message"`
	}
	_ = json.Unmarshal(res.Body, &w) // a text has neither
	return codes.Fault(res, provider.VendorError{Code: string(w.Code), Message: string(w.Message)})
}
