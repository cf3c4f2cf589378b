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

// trouble is what can go wrong with a URL, before it is known whose it is.
type trouble struct {
	name   string     // the code is url_<name> for a caller's URL, result_<name> for a vendor's
	text   string     // for people; nothing of the URL is in it
	vendor fault.Kind // what it is when the URL is a vendor's
	after  time.Duration
	err    error
}

var (
	badURL      = &trouble{name: "invalid", text: "it is no http or https URL", vendor: fault.InvalidResult}
	credentials = &trouble{name: "invalid", text: "a URL must not hold a user or a password", vendor: fault.InvalidResult}
	encoding    = &trouble{name: "encoding", text: "its content is compressed in a way that cannot be read", vendor: fault.InvalidResult}
	notAllowed  = &trouble{name: "not_allowed", text: "address not allowed; it is neither public nor in AIGC_FETCH_ALLOW", vendor: fault.Unavailable}
	badRedirect = &trouble{name: "redirect", text: "it redirects to where we do not follow", vendor: fault.Unavailable}
	unreachable = &trouble{name: "unreachable", text: "its server cannot be reached", vendor: fault.Unavailable}
	slow        = &trouble{name: "timeout", text: "its server is too slow", vendor: fault.Unavailable}
	cutOff      = &trouble{name: "truncated", text: "the connection broke before all of it had come", vendor: fault.Unavailable}

	errSlow = errors.New("fetch: too slow")
)

func (t *trouble) Error() string {
	if t.err != nil {
		return t.text + ": " + t.err.Error()
	}
	return t.text
}
func (t *trouble) Unwrap() error { return t.err }

// because is t with its cause, for the log.
func (t *trouble) because(err error) *trouble {
	c := *t
	c.err = err
	return &c
}

func tooLarge(limit int64) error {
	return &trouble{name: "too_large", text: fmt.Sprintf("it is larger than %d bytes", limit), vendor: fault.InvalidResult}
}

// statusTrouble is nil for an answer that has the content. keyed says that a
// key was sent along.
func statusTrouble(resp *http.Response, keyed bool) error {
	t := &trouble{
		name:   "unreachable",
		text:   fmt.Sprintf("its server answered %d", resp.StatusCode),
		vendor: fault.Unavailable,
		after:  retryAfter(resp.Header.Get("Retry-After")),
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusBadRequest, // Google Cloud Storage, of a signature that has run out
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

// fault makes the fault that the giver of the URL can act on.
func (r Request) fault(err error) *fault.Error {
	var t *trouble
	var timeout net.Error
	switch {
	case errors.As(err, &t):
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		t = notAllowed.because(err)
	case errors.As(err, &timeout) && timeout.Timeout():
		t = slow.because(err)
	default:
		t = unreachable.because(err)
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

// ended is the fault of a context that is over.
func ended(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.Wrap(err, fault.Timeout, "", "It took too long.")
	}
	return fault.Wrap(err, fault.Canceled, "", "It was stopped.")
}
