package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"code.dny.dev/ssrf"

	"aigc/app/fault"
)

// urlError is a failed download. [Request.fault] makes a fault of it.
type urlError struct {
	name   string        // the code is url_<name> for a caller's URL, result_<name> for a vendor's
	text   string        // for people; contains nothing of the URL
	vendor fault.Kind    // kind of the fault for a vendor's URL; for a caller's it is Invalid
	after  time.Duration // of Retry-After
	err    error         // the cause, for the log
}

var (
	badURL         = &urlError{name: "invalid", text: "it is not an http or https URL", vendor: fault.InvalidResult}
	hasCredentials = &urlError{name: "invalid", text: "a URL must not contain a user name or a password", vendor: fault.InvalidResult}
	badEncoding    = &urlError{name: "encoding", text: "its compression is unsupported or damaged", vendor: fault.InvalidResult}
	notAllowed     = &urlError{name: "not_allowed", text: "address not allowed; it is neither public nor in AIGC_FETCH_ALLOW", vendor: fault.Unavailable}
	badRedirect    = &urlError{name: "redirect", text: "it redirects to a URL that is not allowed, or too often", vendor: fault.Unavailable}
	unreachable    = &urlError{name: "unreachable", text: "its server cannot be reached", vendor: fault.Unavailable}
	tooSlow        = &urlError{name: "timeout", text: "its server is too slow", vendor: fault.Unavailable}
	truncated      = &urlError{name: "truncated", text: "the connection was closed before the content was complete", vendor: fault.Unavailable}

	errSlow = errors.New("fetch: too slow")
)

func (t *urlError) Error() string {
	if t.err != nil {
		return t.text + ": " + t.err.Error()
	}
	return t.text
}
func (t *urlError) Unwrap() error { return t.err }

// withCause is a copy of t with a cause.
func (t *urlError) withCause(err error) *urlError {
	c := *t
	c.err = err
	return &c
}

func tooLarge(limit int64) error {
	return &urlError{name: "too_large", text: fmt.Sprintf("it is larger than %d bytes", limit), vendor: fault.InvalidResult}
}

// statusError is nil for a status with the whole content: 200, 203 of a proxy that
// changed the answer, and 201, which some stores use. keyed: the request had a key.
func statusError(resp *http.Response, keyed bool) error {
	t := &urlError{
		name:   "unreachable",
		text:   fmt.Sprintf("its server answered %d", resp.StatusCode),
		vendor: fault.Unavailable,
		after:  retryAfter(resp.Header.Get("Retry-After")),
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusNonAuthoritativeInfo:
		return nil
	case http.StatusBadRequest, // of Google Cloud Storage: the URL's signature has expired
		http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		t.vendor = fault.ResultExpired
	case http.StatusUnauthorized:
		t.vendor = fault.ResultExpired
		if keyed {
			t.name, t.vendor = "unauthorized", fault.VendorAuth
		}
	}
	return t
}

func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// fault makes the fault of a failed download: for the caller who gave the URL, or, with
// a vendor's URL, for the worker.
func (r Request) fault(err error) *fault.Error {
	var t *urlError
	var timeout net.Error
	switch {
	case errors.As(err, &t):
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		t = notAllowed.withCause(err)
	case errors.As(err, &timeout) && timeout.Timeout():
		t = tooSlow.withCause(err)
	default:
		t = unreachable.withCause(err)
	}
	if !r.FromVendor {
		what := r.Field
		if what == "" {
			what = "The URL"
		}
		f := fault.Wrap(t.err, fault.Invalid, "url_"+t.name, "%s cannot be fetched: %s.", what, t.text).WithCharge(fault.ChargedNo)
		if r.Field != "" {
			f.Details = []fault.Detail{{Location: r.Field, Message: "cannot be fetched: " + t.text}}
		}
		return f
	}
	name := t.name
	if t.vendor == fault.ResultExpired {
		name = "expired"
	}
	f := fault.Wrap(t.err, t.vendor, "result_"+name, "The result cannot be fetched: %s.", t.text)
	f.RetryAfter = t.after
	return f
}

// contextFault is the fault of a context that ended.
func contextFault(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Timeout, "", "The deadline passed before the download was complete.")
	}
	return fault.Wrap(err, fault.Canceled, "", "The download was canceled.")
}
