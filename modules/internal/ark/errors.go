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
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		{Match: "SetLimitExceeded*", Class: provider.NoBalance},
		{Match: "QuotaExceeded*", Class: provider.NoBalance},
		{Match: "AccountOverdueError*", Class: provider.NoBalance},
		{Match: "OutputImageSensitiveContentDetected*", Class: provider.ResultRefused},
		{Match: "InputTextSensitiveContentDetected*", Class: provider.ContentRefused},
		{Match: "InputImageSensitiveContentDetected*", Class: provider.ContentRefused},
		{Match: "SensitiveContentDetected*", Class: provider.ContentRefused},
		{Match: "*RiskDetection", Class: provider.ContentRefused},
		{Match: "AuthenticationError*", Class: provider.KeyRefused},
		{Match: "InvalidAccountStatus*", Class: provider.KeyRefused, Message: "{title} refuses the account of the key in {variable}; see its console."},
		{Match: "InvalidEndpointOrModel.ModelIDAccessDisabled*", Class: provider.NoAccess, Message: notOpen},
		{Match: "InvalidEndpointOrModel*", Class: provider.ModelUnknown},
		{Match: "ModelNotOpen*", Class: provider.NoAccess, Message: notOpen},
		{Match: "OperationDenied.ServiceNotOpen*", Class: provider.NoAccess},
		{Match: "AccessDenied*", Class: provider.NoAccess},
		{Status: http.StatusForbidden, Class: provider.NoAccess}, // a bad key is a 401
	},
}

const notOpen = "{title} has not opened this model to the account of {variable}: open it in the console, or name an endpoint (ep-…) as the model."

// responseFault is the fault of an answer that is no success.
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
func (p problem) withoutRequestID() provider.VendorError {
	text, _, _ := strings.Cut(string(p.Message), " Request id:")
	return provider.VendorError{Code: string(p.Code), Message: strings.TrimSpace(text)}
}
