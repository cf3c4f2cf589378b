package ark

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

const title = "Volcengine Ark"

// codes are the vendor's errors (docs 1299023, 1099476). None of them is charged.
// A status that the docs do not list, and every 5xx, leaves open whether the
// request was executed.
var codes = provider.Codes{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	Rules: []provider.CodeRule{
		{Match: "SetLimitExceeded*", Means: provider.NoBalance},
		{Match: "QuotaExceeded*", Means: provider.NoBalance},
		{Match: "AccountOverdueError*", Means: provider.NoBalance},
		{Match: "OutputImageSensitiveContentDetected*", Means: provider.ResultRefused},
		{Match: "InputTextSensitiveContentDetected*", Means: provider.ContentRefused},
		{Match: "InputImageSensitiveContentDetected*", Means: provider.ContentRefused},
		{Match: "SensitiveContentDetected*", Means: provider.ContentRefused},
		{Match: "*RiskDetection", Means: provider.ContentRefused},
		{Match: "AuthenticationError*", Means: provider.KeyRefused},
		{Match: "InvalidAccountStatus*", Means: provider.KeyRefused, Safe: "{title} refuses the account of the key in {variable}; see its console."},
		{Match: "InvalidEndpointOrModel.ModelIDAccessDisabled*", Means: provider.NoAccess, Safe: notOpen},
		{Match: "InvalidEndpointOrModel*", Means: provider.ModelUnknown},
		{Match: "ModelNotOpen*", Means: provider.NoAccess, Safe: notOpen},
		{Match: "OperationDenied.ServiceNotOpen*", Means: provider.NoAccess},
		{Match: "AccessDenied*", Means: provider.NoAccess},
		{Status: http.StatusForbidden, Means: provider.NoAccess}, // a bad key is a 401
	},
}

const notOpen = "{title} has not opened this model to the account of {variable}: open it in the console, or name an endpoint (ep-…) as the model."

// responseFault is the fault of an answer other than 200.
func responseFault(res provider.Response) *fault.Error {
	var w struct {
		Error problem `json:"error"`
	}
	_ = json.Unmarshal(res.Body, &w) // gateways in front may send anything
	return codes.Fault(res, w.Error.withoutRequestID())
}

// resultFault is the fault of an error within a 200, for the whole answer or one
// image: refused or failed. Only delivered images are billed.
func (p problem) resultFault() *fault.Error {
	f := codes.Failed(p.withoutRequestID(), fault.ChargedNo)
	if f.Kind != fault.Rejected {
		f.Kind, f.Code = fault.VendorFailed, "vendor_failed"
	}
	return f
}

// withoutRequestID removes the vendor's request id from its message.
func (p problem) withoutRequestID() provider.Problem {
	text, _, _ := strings.Cut(p.Message, " Request id:")
	return provider.Problem{Code: p.Code, Message: strings.TrimSpace(text)}
}
