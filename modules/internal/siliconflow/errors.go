package siliconflow

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

const title = "SiliconFlow"

// codes are the vendor's errors. Only one code is documented, the others are told
// apart by status and text. A 5xx leaves open whether the request was executed.
var codes = provider.ErrorTable{
	Title: title,
	Statuses: []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests,
		http.StatusUnavailableForLegalReasons,
	},
	Rules: []provider.ErrorRule{
		{Match: "20012", Status: http.StatusBadRequest, Class: provider.ModelUnknown,
			Message: "{title} does not serve this model to the key in {variable}: it is unknown, retired, or served only by the other site (api.siliconflow.cn, api.siliconflow.com)."},
		{Text: "sensitive", Status: http.StatusBadRequest, Class: provider.ContentRefused},
		{Text: "prohibited", Status: http.StatusBadRequest, Class: provider.ContentRefused},
		{Text: "sensitive", Status: http.StatusUnavailableForLegalReasons, Class: provider.ContentRefused},
		{Text: "prohibited", Status: http.StatusUnavailableForLegalReasons, Class: provider.ContentRefused},
		{Status: http.StatusUnauthorized, Class: provider.KeyRefused,
			Message: "{title} refuses the key in {variable}: it is wrong, or belongs to the other site (api.siliconflow.cn, api.siliconflow.com)."},
		{Text: "verif", Status: http.StatusForbidden, Class: provider.NoAccess, Message: notVerified},
		{Text: "real-name", Status: http.StatusForbidden, Class: provider.NoAccess, Message: notVerified},
		{Status: http.StatusForbidden, Class: provider.NoBalance}, // a bad key is a 401
		{Status: http.StatusNotFound, Class: provider.BadInput, Message: "{title} has no such path: check SILICONFLOW_BASE_URL, which ends in /v1."},
	},
}

const notVerified = "{title} serves this model only to accounts with real-name verification: verify the account of the key in {variable} in its console."

// daily are the names of limits that end with the day, in the message of a 429.
// Other limits are per minute.
var daily = regexp.MustCompile(`(?i)\b(IPD|RPD|TPD)\b`)

// afterDaily is the pause before a request that a daily limit refused is sent again.
const afterDaily = time.Hour

// responseFault is the fault of an answer without a result.
func responseFault(res provider.Response) *fault.Error {
	e := vendorError(res.Body)
	f := codes.Fault(res, e)
	if f.Kind == fault.RateLimited && f.RetryAfter == 0 && daily.MatchString(f.Message) {
		f.RetryAfter = afterDaily
	}
	return f
}

// problem is the object of an error.
type problem struct {
	Code    provider.Text `json:"code"`
	Message provider.Text `json:"message"`
}

// vendorError reads the body of an error: an object with code and message, at the
// top or in "error", or a JSON string. Anything else is read as of any vendor.
func vendorError(body []byte) provider.VendorError {
	var w struct {
		problem
		Error problem `json:"error"`
	}
	var text string
	switch {
	case json.Unmarshal(body, &text) == nil:
		return provider.VendorError{Message: text}
	case provider.Unmarshal(body, &w) == nil:
		return provider.VendorError{Code: string(cmp.Or(w.Code, w.Error.Code)), Message: string(cmp.Or(w.Message, w.Error.Message))}
	}
	return provider.VendorError{}
}
