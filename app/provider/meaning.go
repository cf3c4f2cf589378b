package provider

import "aigc/app/fault"

// Meaning is what a vendor's error comes to: a kind, which decides what becomes
// of the task, and our stable code for callers.
type Meaning struct {
	Kind fault.Kind
	Code string
}

// The meanings that most sheets know. All of them but Unknown prove that
// nothing was accepted, or are the vendor's documented no.
var (
	KeyRefused     = Meaning{fault.VendorAuth, "vendor_key_refused"}   // the key is wrong: it is parked
	NoBalance      = Meaning{fault.VendorQuota, "vendor_no_balance"}   // balance, pack or quota used up: the key is parked
	NoAccess       = Meaning{fault.VendorAccess, "vendor_access"}      // the account lacks a model, right or setting: the key stays in use
	Throttled      = Meaning{fault.RateLimited, "vendor_rate_limited"} // too many requests or jobs: sent again later
	Overloaded     = Meaning{fault.Unavailable, "vendor_overloaded"}   // busy, and documented as not accepted: sent again later
	BadInput       = Meaning{fault.Invalid, "vendor_refused_input"}    // a field is wrong
	ModelUnknown   = Meaning{fault.Invalid, "vendor_model_unknown"}    // there is no such model, or not any more
	ContentRefused = Meaning{fault.Rejected, "content_refused"}        // moderation refused the input
	ResultRefused  = Meaning{fault.Rejected, "result_refused"}         // moderation refused what was made
	Unknown        = Meaning{fault.InDoubt, "vendor_error"}            // nobody can tell whether it was accepted
)
