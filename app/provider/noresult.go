package provider

import (
	"cmp"
	"slices"
	"strings"

	"aigc/app/fault"
)

// NoResult is the fault of a 2xx to a paid request that holds no result, for a vendor that
// does not document errors in a 2xx: whatever it says, the request may have been executed.
// what says what the answer lacks: "OpenAI's answer to a paid request holds no list of
// images."
func (r Response) NoResult(what string) *fault.Error {
	return r.lacks("answer_unreadable", what)
}

// NoTicket is [Response.NoResult] for an answer without a ticket.
func (r Response) NoTicket(what string) *fault.Error {
	return r.lacks("no_ticket", what)
}

func (r Response) lacks(code, what string) *fault.Error {
	f := fault.New(fault.InDoubt, code, "%s", what).WithCharge(fault.ChargedUnknown)
	p, text := VendorError{}.complete(r.Body)
	words := r.sanitize(cmp.Or(text, p.Message))
	if words == "" || meansSuccess(words) {
		return f
	}
	f.Message, f.VendorCode = Sanitize(what+" It says: "+words), cmp.Or(r.code(p.Code), r.code(p.Type))
	return f
}

// meansSuccess reports whether the message of an answer is no error.
func meansSuccess(words string) bool {
	return slices.Contains([]string{"ok", "success", "succeed", "succeeded", "successful", "done"}, strings.ToLower(strings.Trim(words, ".! ")))
}
