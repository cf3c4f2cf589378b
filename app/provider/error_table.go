package provider

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"aigc/app/fault"
)

// ErrorTable maps a vendor's documented errors to [ErrorClass]es.
type ErrorTable struct {
	Title string // the vendor's name in messages

	// Statuses are the 4xx by which the vendor documents that it refused the request.
	// With any other status it is unknown whether the request was executed: the status
	// may come from a proxy in between. Empty: those that mean a refusal in HTTP, see
	// [Response.Fault].
	Statuses []int

	Rules []ErrorRule // the first that matches is used
}

// ErrorRule is one row of an [ErrorTable]: which errors it matches, and their class.
type ErrorRule struct {
	// Match is the vendor's error code or type: all of it, its beginning ("prefix*") or
	// its end ("*suffix"). Empty: any, also none.
	Match string
	// Text is a part of the vendor's message, in lower case. Empty: any.
	Text string
	// Status is the HTTP status; 200 stands for any 2xx. Zero: any that means a refusal, by
	// Statuses or in HTTP, and a 2xx that contains an error. Any other has to be named, above all a 5xx: only
	// if the vendor documents that nothing was accepted may its class prove that.
	Status int

	Class   ErrorClass
	Charged fault.Charge // as documented; empty: no, but unknown for the class [Unknown]

	// Message replaces the vendor's message in [ErrorTable.Fault]; {title} and
	// {variable}, the setting of the key, are filled in. Without one, [KeyRefused] gets a
	// message of ours, since vendors quote parts of the key.
	Message string
}

// VendorError is an error as the vendor sent it.
type VendorError struct {
	Code    string // the vendor's error code
	Type    string // its type or class, where the vendor sends both; rules match either
	Message string // for people
}

// Fault is the fault of a complete answer that is not a success: by the first rule that
// matches, else by its status (see [Response.Fault]). It also serves errors in a 2xx: if
// no rule matches one, the outcome of a paid request is unknown. What p lacks is read from
// the body, see [ReadError].
func (t ErrorTable) Fault(r Response, p VendorError) *fault.Error {
	p, text := p.complete(r.Body)
	f := r.Fault(t.Title, p.Code, p.Message)
	if text != "" {
		f.Message = r.sanitize(fmt.Sprintf("%s answered with status %d: %s", t.Title, r.Status, text))
	}
	if f.VendorCode == "" {
		f.VendorCode = r.code(p.Type)
	}
	rule, listed := t.Find(r.Status, p)
	switch {
	case listed:
		f.Kind, f.Code, f.Charged = rule.Class.Kind, rule.Class.Code, rule.charged()
	case t.meansRejected(r.Status) || r.Status >= 500:
	case r.paid: // the status is not documented
		f.Kind, f.Code, f.Charged = Unknown.Kind, Unknown.Code, fault.ChargedUnknown
	default:
		f.Kind, f.Code = fault.Unavailable, "vendor_error"
	}
	message := rule.Message
	if message == "" && f.Code == KeyRefused.Code {
		message = "{title} refuses the key in {variable}."
	}
	if message != "" {
		f.Message = strings.NewReplacer("{title}", t.Title, "{variable}", r.variable()).Replace(message)
	}
	return f
}

// complete fills in what the driver did not find. text is set if the message is that of a
// text or a page, which may come from a proxy; no rule may match a page.
func (p VendorError) complete(body []byte) (_ VendorError, text string) {
	if p.Message != "" {
		return p, ""
	}
	found, form := readError(body)
	if form == aPage {
		return p, found.Message
	}
	if form == aText {
		text = found.Message
	}
	p.Message = found.Message
	if p.Code == "" && p.Type == "" {
		p.Code, p.Type = found.Code, found.Type
	}
	return p, text
}

// Failed is the fault of a job, or of one result of several, that the vendor accepted
// and then reported as failed. Of a matching rule the kinds Rejected, Invalid and
// VendorAccess are kept; anything else is VendorFailed. charged is used if the rule
// does not set one.
func (t ErrorTable) Failed(p VendorError, charged fault.Charge) *fault.Error {
	f := fault.New(fault.VendorFailed, "vendor_failed", "%s", Sanitize(p.Message)).WithCharge(charged)
	if f.VendorCode = VendorCode(p.Code); f.VendorCode == "" {
		f.VendorCode = VendorCode(p.Type)
	}
	if rule, listed := t.Find(http.StatusOK, p); listed {
		switch rule.Class.Kind {
		case fault.Rejected, fault.Invalid, fault.VendorAccess:
			f.Kind, f.Code = rule.Class.Kind, rule.Class.Code
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

// Find is the first rule that matches an error in an answer with this HTTP status.
func (t ErrorTable) Find(status int, p VendorError) (ErrorRule, bool) {
	text := strings.ToLower(p.Message)
	for _, r := range t.Rules {
		switch {
		case r.Status != 0 && r.Status != status && (r.Status != http.StatusOK || status < 200 || status > 299):
		case r.Status == 0 && !t.meansRejected(status) && !isRejection(status) && (status < 200 || status > 299):
		case r.Text != "" && !strings.Contains(text, r.Text):
		case r.matches(p.Code) || p.Type != "" && r.matches(p.Type):
			return r, true
		}
	}
	return ErrorRule{}, false
}

// meansRejected reports whether a status proves that the vendor refused the request.
func (t ErrorTable) meansRejected(status int) bool {
	if len(t.Statuses) == 0 {
		return isRejection(status)
	}
	return slices.Contains(t.Statuses, status)
}

func (r ErrorRule) matches(code string) bool {
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

func (r ErrorRule) charged() fault.Charge {
	switch {
	case r.Charged != "":
		return r.Charged
	case r.Class.Kind == fault.InDoubt:
		return fault.ChargedUnknown
	}
	return fault.ChargedNo
}
