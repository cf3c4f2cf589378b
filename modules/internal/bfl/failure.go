package bfl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// failure reads an answer that is no 200. What the sheet lists of the 4xx
// proves that nothing was accepted; 408 and 409 come from somewhere on the
// way, and prove nothing.
func failure(c provider.Call, res provider.Response) *fault.Error {
	f := res.Fault("Black Forest Labs", "", detail(res.Body))
	switch {
	case res.Status == http.StatusForbidden && strings.Contains(f.Safe, "access to this endpoint"):
		f.Code = fault.AccountSetup
	case f.Kind == fault.VendorAuth:
		f.Safe = fmt.Sprintf("Black Forest Labs refuses the key in %s.", c.Account.Variable)
	case res.Status == http.StatusRequestTimeout || res.Status == http.StatusConflict:
		f.Kind, f.Code, f.Charged = fault.InDoubt, "vendor_error", fault.ChargedUnknown
	}
	return f
}

// detail is a text, or FastAPI's list of what is wrong where.
func detail(body []byte) string {
	var w struct {
		Detail json.RawMessage `json:"detail"`
	}
	var text string
	var list []complaint
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

// complaint is one fault of a request, as FastAPI tells it.
type complaint struct {
	Loc  []any  `json:"loc"`
	Msg  string `json:"msg"`
	Type string `json:"type"`
}
