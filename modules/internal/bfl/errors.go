package bfl

import (
	"encoding/json"
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors, which have no codes of their own. What the
// sheet lists of the 4xx proves that nothing was accepted; 408 and 409 come
// from a server in between, and prove nothing.
var codes = provider.ErrorTable{
	Title: "Black Forest Labs",
	Rules: []provider.ErrorRule{
		{Status: http.StatusForbidden, Text: "access to this endpoint", Class: provider.NoAccess},
	},
}

// failure reads an answer that is no 200.
func failure(res provider.Response) *fault.Error {
	return codes.Fault(res, provider.VendorError{Message: detail(res.Body)})
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
