package jimeng

import (
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors. No page confirms that a refused call is free,
// so its charge is unknown. Of a 5xx, of 50500 and 50501 and of what is not
// listed nothing is known.
var codes = provider.ErrorTable{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	Rules: []provider.ErrorRule{
		refusal("50411", provider.ContentRefused),                                   // input image
		refusal("50412", provider.ContentRefused),                                   // input text
		refusal("50413", provider.ContentRefused),                                   // sensitive or protected words
		refusal("50518", provider.ContentRefused),                                   // copyright, input image
		refusal("50511", provider.ResultRefused),                                    // output image
		refusal("50512", provider.ResultRefused),                                    // output text
		refusal("50519", provider.ResultRefused),                                    // copyright, output image
		{Match: "5052*", Status: http.StatusBadRequest, Class: provider.Overloaded}, // of the review, documented to be sent again
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

// unknownJob is a faulty field, to a poll a job that the vendor does not know, or
// not yet, or not any more.
const unknownJob = "50215"

const notOpen = "{title} does not know this model, or has not opened it to the account of {variable}: open it in the console."

func refusal(code string, means provider.ErrorClass) provider.ErrorRule {
	return provider.ErrorRule{Match: code, Class: means, Charged: fault.ChargedUnknown}
}

// ended says whether an error of a poll is about the job, and not about the
// asking: the vendor then says no to what was asked for.
func ended(status int, p provider.VendorError) bool {
	rule, listed := codes.Find(status, p)
	return listed && (rule.Class.Kind == fault.Rejected || rule.Class.Kind == fault.Invalid)
}
