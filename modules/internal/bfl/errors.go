package bfl

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors, which have no error codes. The documented 4xx
// prove that nothing was accepted; 408 and 409 may come from a proxy and leave
// open whether the request was executed.
var codes = provider.ErrorTable{
	Title: "Black Forest Labs",
	Rules: []provider.ErrorRule{
		{Status: http.StatusForbidden, Text: "access to this endpoint", Class: provider.NoAccess},
	},
}

// responseFault is the fault of an answer that is no success.
func responseFault(res provider.Response) *fault.Error {
	return codes.Fault(res, provider.VendorError{Message: errorText(res.Body)})
}

// errorText is the detail of an error body: a text, or FastAPI's list of
// validation errors.
func errorText(body []byte) string {
	var w struct {
		Detail json.RawMessage `json:"detail"`
	}
	var text string
	var list []validationError
	if json.Unmarshal(body, &w) != nil {
		return ""
	}
	if json.Unmarshal(w.Detail, &text) == nil {
		return text
	}
	var parts []string
	if json.Unmarshal(w.Detail, &list) == nil {
		for _, d := range list {
			where := ""
			if n := len(d.Loc); n > 0 {
				where, _ = d.Loc[n-1].(string)
			}
			parts = append(parts, strings.Trim(where+": "+d.Msg, ": "))
		}
	}
	return strings.Join(parts, "; ")
}

// validationError is one entry of FastAPI's list.
type validationError struct {
	Loc  []any  `json:"loc"`
	Msg  string `json:"msg"`
	Type string `json:"type"`
}
