package provider

import (
	"net/http"
	"slices"
	"strings"

	"aigc/app/fault"
)

// Codes is what a vendor's sheet says of its errors, as a table.
type Codes struct {
	Title string // of the vendor, for messages

	// Statuses are the 4xx by which the vendor itself says no. Of any other
	// status nothing is known: it may come from a server in between. Empty:
	// those that mean no in HTTP, see [Response.Fault].
	Statuses []int

	Rules []CodeRule // the first that matches counts
}

// CodeRule is one row: which errors it is about, and what they mean.
type CodeRule struct {
	// Match is the vendor's code or type of error: the whole of it, or how it
	// begins ("prefix*") or ends ("*suffix"). Empty: any, also none.
	Match string
	// Text is a part of the vendor's message, in lower case. Empty: any.
	Text string
	// Status is the HTTP status. Zero: any that means no, here or in HTTP, and a
	// 2xx that carries an error. Others have to be named, a 5xx above all: the
	// sheet must say that nothing was accepted.
	Status int

	Means   Meaning
	Charged fault.Charge // as the sheet says; empty: no, and unknown for Unknown

	// Safe replaces the vendor's message in [Codes.Fault]; {title} and {variable},
	// the setting of the key, are filled in. [KeyRefused] is always told in our
	// words, since vendors quote parts of the key.
	Safe string
}

// Problem is an error as the vendor told it.
type Problem struct {
	Code    string // the vendor's code
	Type    string // a second word for it, such as a class; rules match either
	Message string // for people
}

// Fault is what a whole answer means that is no success: by the first rule that
// matches, else by its status alone (see [Response.Fault]). It serves errors
// within a 2xx, too: of one that no rule lists nothing is known.
func (t Codes) Fault(r Response, p Problem) *fault.Error {
	f := r.Fault(t.Title, p.Code, p.Message)
	if f.VendorCode == "" {
		f.VendorCode = r.sanitize(p.Type)
	}
	rule, listed := t.Find(r.Status, p)
	switch {
	case listed:
		f.Kind, f.Code, f.Charged = rule.Means.Kind, rule.Means.Code, rule.charge()
	case t.no(r.Status) || r.Status >= 500:
	case r.paid: // and the status is not documented
		f.Kind, f.Code, f.Charged = Unknown.Kind, Unknown.Code, fault.ChargedUnknown
	default:
		f.Kind, f.Code = fault.Unavailable, "vendor_error"
	}
	safe := rule.Safe
	if safe == "" && f.Code == KeyRefused.Code {
		safe = "{title} refuses the key in {variable}."
	}
	if safe != "" {
		f.Message = strings.NewReplacer("{title}", t.Title, "{variable}", r.variable()).Replace(safe)
	}
	return f
}

// Failed is the reason of a job, or of one result of several, that the vendor
// accepted and then reported as failed. Rules that blame the request (Rejected,
// Invalid) or the account (VendorAccess) keep their kind; with any other, and
// without one, it is VendorFailed. charged counts where the rule says nothing.
func (t Codes) Failed(p Problem, charged fault.Charge) *fault.Error {
	f := fault.New(fault.VendorFailed, "vendor_failed", "%s", Sanitize(p.Message)).WithCharge(charged)
	if f.VendorCode = Sanitize(p.Code); f.VendorCode == "" {
		f.VendorCode = Sanitize(p.Type)
	}
	if rule, listed := t.Find(http.StatusOK, p); listed {
		switch rule.Means.Kind {
		case fault.Rejected, fault.Invalid, fault.VendorAccess:
			f.Kind, f.Code = rule.Means.Kind, rule.Means.Code
		}
		if rule.Charged != "" {
			f.Charged = rule.Charged
		}
	}
	if f.Message == "" {
		f.Message = t.Title + " reports a failure without a reason."
	}
	return f
}

// Find is the first rule that is about an error of an answer with this status.
func (t Codes) Find(status int, p Problem) (CodeRule, bool) {
	text := strings.ToLower(p.Message)
	for _, r := range t.Rules {
		switch {
		case r.Status != 0 && r.Status != status:
		case r.Status == 0 && !t.no(status) && !refuses(status) && (status < 200 || status > 299):
		case r.Text != "" && !strings.Contains(text, r.Text):
		case r.matches(p.Code) || p.Type != "" && r.matches(p.Type):
			return r, true
		}
	}
	return CodeRule{}, false
}

// no says whether a status is one by which the vendor says no.
func (t Codes) no(status int) bool {
	if len(t.Statuses) == 0 {
		return refuses(status)
	}
	return slices.Contains(t.Statuses, status)
}

func (r CodeRule) matches(code string) bool {
	switch {
	case r.Match == "":
		return true
	case strings.HasSuffix(r.Match, "*"):
		return strings.HasPrefix(code, strings.TrimSuffix(r.Match, "*"))
	case strings.HasPrefix(r.Match, "*"):
		return strings.HasSuffix(code, strings.TrimPrefix(r.Match, "*"))
	}
	return code == r.Match
}

func (r CodeRule) charge() fault.Charge {
	switch {
	case r.Charged != "":
		return r.Charged
	case r.Means.Kind == fault.InDoubt:
		return fault.ChargedUnknown
	}
	return fault.ChargedNo
}
