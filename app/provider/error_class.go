package provider

import "aigc/app/fault"

// ErrorClass is what an error of a vendor is mapped to: the kind, which decides what
// becomes of the task, and our stable code for callers.
type ErrorClass struct {
	Kind fault.Kind
	Code string
}

// The classes that most vendors document. With all of them but [Unknown] the vendor did
// not accept the request, or refused it.
var (
	KeyRefused     = ErrorClass{fault.VendorAuth, "vendor_key_refused"}   // the key is wrong: it is parked, and another is tried
	NoBalance      = ErrorClass{fault.VendorQuota, "vendor_no_balance"}   // balance, package or quota used up: the key is parked, and another is tried
	NoAccess       = ErrorClass{fault.VendorAccess, "vendor_access"}      // the account lacks a model, a right or a setting: the task fails, the key stays in use
	Throttled      = ErrorClass{fault.RateLimited, "vendor_rate_limited"} // too many requests or jobs: sent again later
	Overloaded     = ErrorClass{fault.Unavailable, "vendor_overloaded"}   // overloaded, and documented as not accepted: sent again later
	BadInput       = ErrorClass{fault.Invalid, "vendor_refused_input"}    // a field is wrong: the task fails
	ModelUnknown   = ErrorClass{fault.Invalid, "vendor_model_unknown"}    // no such model, or not any more: the task fails
	ContentRefused = ErrorClass{fault.Rejected, "content_refused"}        // moderation refused the input: the task fails
	ResultRefused  = ErrorClass{fault.Rejected, "result_refused"}         // moderation refused the result: the task fails
	Unknown        = ErrorClass{fault.InDoubt, "vendor_error"}            // accepted or not, the error does not tell: the task is in doubt
)
