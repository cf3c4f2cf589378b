package vertex

import (
	"encoding/json"
	"net/http"
	"time"

	"aigc/app/fault"
	"aigc/app/provider"
)

// status is google.rpc.Status, the error of a request or of an operation.
type status struct {
	Code    provider.Text   `json:"code"`
	Message provider.Text   `json:"message"`
	Status  provider.Text   `json:"status"`
	Details json.RawMessage `json:"details"`
}

// UnmarshalJSON implements [json.Unmarshaler]. What has no message in its place, such as a
// text instead of an object, is read as the error of any vendor.
func (s *status) UnmarshalJSON(data []byte) error {
	type object status
	*s = status{}
	_ = provider.Unmarshal(data, (*object)(s)) // anything else is no object
	if s.Message == "" {
		s.Message = provider.Text(provider.ReadError(data).Message)
	}
	return nil
}

// detail is an entry of a status's details: google.rpc.ErrorInfo with a reason, or
// RetryInfo with a delay.
type detail struct {
	Reason string `json:"reason"`
	Delay  string `json:"retryDelay"`
}

const title = "Google Vertex AI"

// codes are the errors of a request. The documented 4xx prove that nothing was
// accepted; 408, 409 and 499 may come from a proxy and leave open whether the
// request was executed. A 403 concerns the project, not the key.
var codes = provider.ErrorTable{
	Title: title,
	Rules: []provider.ErrorRule{
		{Status: http.StatusUnauthorized, Class: provider.KeyRefused, Message: "Google refuses the token of the service account in {variable}."},
		{Status: http.StatusForbidden, Match: "BILLING_DISABLED", Class: provider.NoBalance},
		{Status: http.StatusForbidden, Class: provider.NoAccess},
	},
}

// responseFault is the fault of an answer that is no success.
func responseFault(res provider.Response) *fault.Error {
	s := readStatus(res.Body)
	reason, delay := s.details()
	p := provider.VendorError{Code: string(s.Status), Message: string(s.Message)}
	if res.Status == http.StatusForbidden && reason != "" {
		p.Code = reason // BILLING_DISABLED, SERVICE_DISABLED
	}
	f := codes.Fault(res, p)
	switch res.Status {
	case http.StatusBadRequest:
		if mentionsPolicy(string(s.Message)) {
			f.Kind, f.Code = provider.ContentRefused.Kind, provider.ContentRefused.Code
		}
	case http.StatusTooManyRequests:
		if delay > 0 {
			f.RetryAfter = delay
		}
	}
	return f
}

// readStatus reads the error of a body: a google.rpc.Status, possibly in an array
// of one; the zero value for anything else, such as a proxy's HTML.
func readStatus(body []byte) status {
	var w struct {
		Error status `json:"error"`
	}
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	_ = json.Unmarshal(body, &w) // HTML of a proxy has no message for callers
	return w.Error
}

// details are the first reason and the first delay among the details of a status.
func (s status) details() (reason string, delay time.Duration) {
	var list []json.RawMessage
	_ = json.Unmarshal(s.Details, &list) // a gateway in front may send anything
	for _, raw := range list {
		var d detail
		if json.Unmarshal(raw, &d) != nil {
			continue
		}
		if reason == "" {
			reason = d.Reason
		}
		if v, err := time.ParseDuration(d.Delay); err == nil && v > 0 && delay == 0 {
			delay = v
		}
	}
	return reason, delay
}
