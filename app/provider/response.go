package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"aigc/app/fault"
)

// Response is a whole answer: JSON with long base64 lifted out of it, or a
// file as it is.
type Response struct {
	Status int
	Header http.Header
	Body   json.RawMessage // empty for a file

	// Raw says that a 2xx was no JSON but the image or video itself, by its
	// Content-Type. Its bytes are in the scratch, and File stands for them: it
	// goes into [Result.Base64]. Error answers are never raw.
	Raw         bool
	ContentType string // media type in lower case without parameters: "image/png", "application/json"
	File        string

	paid    bool
	account *Account // whose secrets are blanked; a pointer, since fmt prints unexported values as they are
}

// Decode reads a JSON answer into out.
func (r Response) Decode(out any) error {
	if err := json.Unmarshal(r.Body, out); err != nil {
		if r.paid {
			return fault.Wrap(err, fault.InDoubt, "answer_unreadable", "The vendor's answer to a paid request cannot be read.").WithCharge(fault.ChargedUnknown)
		}
		return fault.Wrap(err, fault.Unavailable, "answer_unreadable", "The vendor's answer cannot be read.")
	}
	return nil
}

// refuses says whether a status is a server's no to the request itself. Of
// others (408, 409, 425, 499 …) nobody knows what went before them.
func refuses(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return true
	}
	return false
}

// Fault is what a status means where no sheet says more: nothing is assumed of
// a 5xx, or of an odd 4xx, to a paid request.
func (r Response) Fault(vendor, code, message string) *fault.Error {
	f := &fault.Error{VendorCode: r.sanitize(code), Message: r.sanitize(message), RetryAfter: RetryAfter(r.Header), Charged: fault.ChargedNo}
	switch {
	case r.Status == http.StatusTooManyRequests:
		f.Kind, f.Code = Throttled.Kind, Throttled.Code
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		f.Kind, f.Code = KeyRefused.Kind, KeyRefused.Code
	case r.Status == http.StatusPaymentRequired:
		f.Kind, f.Code = NoBalance.Kind, NoBalance.Code
	case refuses(r.Status), r.Status >= 400 && r.Status < 500 && !r.paid:
		f.Kind, f.Code = BadInput.Kind, BadInput.Code
	case r.paid:
		f.Kind, f.Code, f.Charged = Unknown.Kind, Unknown.Code, fault.ChargedUnknown
	default:
		f.Kind, f.Code = fault.Unavailable, "vendor_error"
	}
	if f.Message == "" {
		f.Message = fmt.Sprintf("%s answered with status %d.", vendor, r.Status)
	}
	return f
}

// sanitize is [Sanitize] without the account's secrets, also where the vendor
// had escaped them in a way that only decoding undoes.
func (r Response) sanitize(text string) string {
	if r.account != nil {
		text = string(r.account.hide([]byte(text)))
	}
	return Sanitize(text)
}

// variable is the setting that the account's key came from, for messages.
func (r Response) variable() string {
	if r.account == nil || r.account.Variable == "" {
		return "the settings"
	}
	return r.account.Variable
}

// RetryAfter reads how long a vendor wants us to wait; zero if it does not say.
func RetryAfter(h http.Header) time.Duration {
	if ms, err := time.ParseDuration(h.Get("Retry-After-Ms") + "ms"); err == nil && ms > 0 {
		return ms
	}
	v := h.Get("Retry-After")
	if s, err := time.ParseDuration(v + "s"); err == nil && s > 0 {
		return s
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
