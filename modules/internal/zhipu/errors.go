package zhipu

import (
	"net/http"
	"slices"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors, by the code in the body: the status 429 may be
// throttling, an empty balance or a locked account. A 5xx leaves open whether the
// request was executed, and so do a failed call (1230), an internal or network error,
// and a duplicate request_id (1231): ours is unique to a submission, so an earlier
// copy of this very request has arrived.
var codes = provider.ErrorTable{
	Title: title,
	Statuses: []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests,
		statusNoBetaAccess, statusFileTooLarge,
	},
	Rules: slices.Concat(
		rules(provider.KeyRefused, "", "1000", "1001", "1002", "1003", "1004"),
		rules(provider.KeyRefused, "{title} refuses the account of the key in {variable}; see its console.", "1110", "1111", "1112", "1121"),
		rules(provider.NoBalance, "", "1113", "1304", "1308", "1309", "1310", "1313"),
		rules(provider.NoAccess, "", "1220", "1311"),
		rules(provider.BadInput, "", "1200", "1210", "1212", "1213", "1214", "1215", "1221", "1222", "1261"),
		rules(provider.ModelUnknown, "", "1211"),
		rules(provider.ContentRefused, "", "1300", "1301"),
		rules(provider.Throttled, "", "1302", "1303", "1305"),
		rules(provider.Overloaded, "", "1312"),
		rules(provider.Unknown, "", "500", "1230", "1231", "1234"),
		[]provider.ErrorRule{
			{Status: http.StatusForbidden, Class: provider.NoAccess}, // a bad key is a 401
			{Status: statusNoBetaAccess, Class: provider.NoAccess},
			{Status: statusFileTooLarge, Class: provider.BadInput},
		},
	),
}

// Statuses of the vendor's own.
const statusNoBetaAccess, statusFileTooLarge = 434, 435

// rules are the rules of codes with one class; an empty message is the vendor's.
func rules(class provider.ErrorClass, message string, codes ...string) []provider.ErrorRule {
	out := make([]provider.ErrorRule, len(codes))
	for i, code := range codes {
		out[i] = provider.ErrorRule{Match: code, Class: class, Message: message}
	}
	return out
}

// fault is the fault of an answer that is not a success. It is not documented whether
// a refused output is charged.
func (w reply) fault() *fault.Error {
	f := codes.Fault(w.response, w.reported())
	if f.Kind == fault.Rejected && w.refusedOutput() {
		f.Code, f.Charged = provider.ResultRefused.Code, fault.ChargedUnknown
	}
	return f
}
