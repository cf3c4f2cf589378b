package ark

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

const title = "Volcengine Ark"

// classes are the codes that say more than a status, matched by prefix, first
// come first served (1299023, 1099476). None of them was charged.
var classes = []struct {
	prefix string
	kind   fault.Kind
	code   string
}{
	{"SetLimitExceeded", fault.VendorQuota, "vendor_no_balance"},
	{"QuotaExceeded", fault.VendorQuota, "vendor_no_balance"},
	{"AccountOverdueError", fault.VendorQuota, "vendor_no_balance"},
	{"OutputImageSensitiveContentDetected", fault.Rejected, "result_refused"},
	{"InputTextSensitiveContentDetected", fault.Rejected, "content_refused"},
	{"InputImageSensitiveContentDetected", fault.Rejected, "content_refused"},
	{"SensitiveContentDetected", fault.Rejected, "content_refused"},
	{"AuthenticationError", fault.VendorAuth, keyRefused},
	{"InvalidAccountStatus", fault.VendorAuth, keyRefused},
	{"AccessDenied", fault.VendorAuth, fault.AccountSetup},
	{"OperationDenied.ServiceNotOpen", fault.VendorAuth, fault.AccountSetup},
	{"ModelNotOpen", fault.VendorAuth, fault.AccountSetup},
	{"InvalidEndpointOrModel.ModelIDAccessDisabled", fault.VendorAuth, fault.AccountSetup},
	{"InvalidEndpointOrModel", fault.Invalid, "vendor_model_unknown"},
}

const keyRefused = "vendor_key_refused"

// failure reads an answer that is no 200. Of the statuses that the sheet does
// not list, and of every 5xx, nothing is known.
func failure(c provider.Call, res provider.Response) *fault.Error {
	var w struct {
		Error problem `json:"error"`
	}
	_ = json.Unmarshal(res.Body, &w) // gateways in front may send anything
	p := w.Error
	f := res.Fault(title, p.Code, p.words())
	switch res.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests:
		p.classify(f)
	case http.StatusForbidden:
		f.Code = fault.AccountSetup // a bad key is a 401
		p.classify(f)
	default:
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	}
	variable := c.Account.Variable
	switch {
	case strings.HasPrefix(p.Code, "InvalidAccountStatus"):
		f.Safe = title + " refuses the account of the key in " + variable + "; see its console."
	case f.Code == keyRefused:
		f.Safe = title + " refuses the key in " + variable + "."
	case f.Code == fault.AccountSetup && res.Status == http.StatusNotFound:
		f.Safe = title + " has not opened this model to the account of " + variable + ": open it in the console, or name an endpoint (ep-…) as the model."
	}
	return f
}

// inside is a problem that a 200 tells of a picture. Only pictures that came
// are billed.
func (p problem) inside() *fault.Error {
	f := &fault.Error{VendorCode: provider.Sanitize(p.Code), Safe: provider.Sanitize(p.words())}
	p.classify(f)
	if f.Kind != fault.Rejected {
		f.Kind, f.Code = fault.VendorFailed, "vendor_failed"
	}
	f.Charged = fault.ChargedNo
	if f.Safe == "" {
		f.Safe = title + " made no picture and gave no reason."
	}
	return f
}

// classify sets what the code says beyond the status.
func (p problem) classify(f *fault.Error) {
	for _, c := range classes {
		if strings.HasPrefix(p.Code, c.prefix) {
			f.Kind, f.Code = c.kind, c.code
			return
		}
	}
	if strings.HasSuffix(p.Code, "RiskDetection") {
		f.Kind, f.Code = fault.Rejected, "content_refused"
	}
}

// words are the vendor's message without its request id.
func (p problem) words() string {
	text, _, _ := strings.Cut(p.Message, " Request id:")
	return strings.TrimSpace(text)
}
