package provider

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"aigc/app/fault"
)

// Response is a complete answer: JSON whose long base64 strings are replaced by
// placeholders, or a file.
type Response struct {
	Status int
	Header http.Header
	Body   json.RawMessage // empty for a file

	// Raw is set for a 2xx that is not JSON but the image or video itself, by its first
	// bytes or its Content-Type. Its bytes are in the [BlobSink]; File is their placeholder and goes
	// into [Result.Base64]. Errors are never raw.
	Raw         bool
	ContentType string // media type in lower case without parameters: "image/png", "application/json"
	File        string

	paid    bool
	account *Account // a pointer, because fmt would print the value's unexported secrets
	secrets *secrets // of the account and the request
}

// OK reports whether the status is a 2xx. What the body holds decides whether the vendor
// accepted the request: gateways also answer 201, 202 or 203, and a 204 has no result.
func (r Response) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// Decode unmarshals a JSON answer. Its error is a fault: InDoubt after a paid request,
// else Unavailable.
func (r Response) Decode(out any) error {
	if err := json.Unmarshal(r.Body, out); err != nil {
		if r.paid {
			return fault.Wrap(err, fault.InDoubt, "answer_unreadable", "The vendor's answer to a paid request could not be decoded, so its outcome is unknown.").WithCharge(fault.ChargedUnknown)
		}
		return fault.Wrap(err, fault.Unavailable, "answer_unreadable", "The vendor's answer could not be decoded.")
	}
	return nil
}

// isRejection reports whether a status means in HTTP that the server refused the
// request without executing it. After other 4xx (408, 409, 425, 499 …) the request may
// have been executed.
func isRejection(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusGone, http.StatusRequestEntityTooLarge,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusTooManyRequests:
		return true
	}
	return false
}

// Fault is the fault of an answer by its HTTP status alone, for a vendor without an
// [ErrorTable] or a status that no rule matches. After a paid request a 5xx, and a 4xx
// that is not a refusal, is InDoubt.
func (r Response) Fault(vendor, code, message string) *fault.Error {
	f := &fault.Error{VendorCode: r.code(code), Message: r.sanitize(message), RetryAfter: RetryAfter(r.Header), Charged: fault.ChargedNo}
	switch {
	case r.Status == http.StatusTooManyRequests:
		f.Kind, f.Code = Throttled.Kind, Throttled.Code
	case r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden:
		f.Kind, f.Code = KeyRefused.Kind, KeyRefused.Code
	case r.Status == http.StatusPaymentRequired:
		f.Kind, f.Code = NoBalance.Kind, NoBalance.Code
	case isRejection(r.Status), r.Status >= 400 && r.Status < 500 && !r.paid:
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

// sanitize is [Sanitize] with the secrets replaced once more: a driver may have removed
// escapes, and invalid UTF-8 may have split one.
func (r Response) sanitize(text string) string {
	return Sanitize(string(r.secrets.mask([]byte(strings.ToValidUTF8(text, "")))))
}

// code is [VendorCode] without the account's secrets.
func (r Response) code(code string) string { return VendorCode(r.sanitize(code)) }

// variable is the setting of the account's key, for messages.
func (r Response) variable() string {
	if r.account == nil || r.account.Variable == "" {
		return "the settings"
	}
	return r.account.Variable
}

// RetryAfter reads the headers Retry-After-Ms and Retry-After (seconds or a date); zero
// without them.
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
