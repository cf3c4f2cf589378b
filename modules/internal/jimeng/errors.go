package jimeng

import (
	"net/http"

	"aigc/app/fault"
	"aigc/app/provider"
)

// codes are the vendor's errors. No page confirms that a refused call is free,
// so its charge is unknown. Of a 5xx, of 50500 and 50501 and of what is not
// listed nothing is known.
var codes = provider.Codes{
	Title:    title,
	Statuses: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	Rules: []provider.CodeRule{
		refusal("50411", provider.ContentRefused),                                   // input image
		refusal("50412", provider.ContentRefused),                                   // input text
		refusal("50413", provider.ContentRefused),                                   // sensitive or protected words
		refusal("50518", provider.ContentRefused),                                   // copyright, input image
		refusal("50511", provider.ResultRefused),                                    // output image
		refusal("50512", provider.ResultRefused),                                    // output text
		refusal("50519", provider.ResultRefused),                                    // copyright, output image
		{Match: "5052*", Status: http.StatusBadRequest, Means: provider.Overloaded}, // of the review, documented to be sent again
		{Match: "50429", Means: provider.Throttled},
		{Match: "50430", Means: provider.Throttled},
		{Match: "50500", Means: provider.Unknown},
		{Match: "50501", Means: provider.Unknown},
		{Match: unknownJob, Means: provider.BadInput},
		{Match: "50218", Means: provider.BadInput},
		{Match: "50204", Means: provider.NoAccess, Safe: notOpen},
		{Match: "50400", Means: provider.NoAccess, Safe: notOpen},
		{Match: "InvalidAccessKey", Means: provider.KeyRefused},
		{Match: "SignatureDoesNotMatch", Means: provider.KeyRefused},
		{Match: "AccessDenied", Means: provider.NoAccess},
	},
}

// unknownJob is a faulty field, to a poll a job that the vendor does not know, or
// not yet, or not any more.
const unknownJob = "50215"

const notOpen = "{title} does not know this model, or has not opened it to the account of {variable}: open it in the console."

func refusal(code string, means provider.Meaning) provider.CodeRule {
	return provider.CodeRule{Match: code, Means: means, Charged: fault.ChargedUnknown}
}

// ended says whether an error of a poll is about the job, and not about the
// asking: the vendor then says no to what was asked for.
func ended(status int, p provider.Problem) bool {
	rule, listed := codes.Find(status, p)
	return listed && (rule.Means.Kind == fault.Rejected || rule.Means.Kind == fault.Invalid)
}
