package jimeng

import (
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors. It is not documented that a refused call is free,
// so its charge is unknown. A 5xx, 50500, 50501 and any error that is not listed
// leave open whether the request was executed.
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		moderationRule("50411", provider.ContentRefused),                            // input image
		moderationRule("50412", provider.ContentRefused),                            // input text
		moderationRule("50413", provider.ContentRefused),                            // sensitive or protected words
		moderationRule("50518", provider.ContentRefused),                            // copyright, input image
		moderationRule("50511", provider.ResultRefused),                             // output image
		moderationRule("50512", provider.ResultRefused),                             // output text
		moderationRule("50519", provider.ResultRefused),                             // copyright, output image
		{Match: "5052*", Status: http.StatusBadRequest, Class: provider.Overloaded}, // moderation error, documented as retryable
		{Match: "50429", Class: provider.Throttled},
		{Match: "50430", Class: provider.Throttled},
		{Match: "50500", Class: provider.Unknown},
		{Match: "50501", Class: provider.Unknown},
		{Match: unknownJob, Class: provider.BadInput},
		{Match: "50218", Class: provider.BadInput},
		{Match: "50204", Class: provider.NoAccess, Message: notOpen},
		{Match: "50400", Class: provider.NoAccess, Message: notOpen},
		{Match: "InvalidAccessKey", Class: provider.KeyRefused},
		{Match: "SignatureDoesNotMatch", Class: provider.KeyRefused},
		{Match: "AccessDenied", Class: provider.NoAccess},
	},
}

// unknownJob means an invalid field; in the answer to a poll, a job that the vendor
// does not know, not yet or no longer.
const unknownJob = "50215"

const notOpen = "{title} does not know this model, or has not opened it to the account of {variable}: open it in the console."

func moderationRule(code string, class provider.ErrorClass) provider.ErrorRule {
	return provider.ErrorRule{Match: code, Class: class, Charged: fault.ChargedUnknown}
}

// isJobError reports whether the error of a poll ends the job: the vendor refuses
// the job's input or content. Other errors concern the poll alone.
func isJobError(status int, p provider.VendorError) bool {
	rule, listed := codes.Find(status, p)
	return listed && (rule.Class.Kind == fault.Rejected || rule.Class.Kind == fault.Invalid)
}
