package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"aigc/app/fault"
)

// defaultRetryAfter is the Retry-After of a fault without a time of its own.
const defaultRetryAfter = 5 * time.Second

// Fail responds with an error, in the format of the face. If the response has
// begun, it only records the error for the access log.
func (x *Exchange) Fail(r *http.Request, err error) {
	x.fault = fault.From(err)
	if x.status != 0 {
		return
	}
	select {
	case <-x.gone:
		x.clientGone = true
	default:
	}
	setFaultHeaders(x.Header(), x.fault)
	x.face.Fail(x, r, err)
}

// setFaultHeaders sets the headers that a fault has on every face.
func setFaultHeaders(h http.Header, f *fault.Error) {
	h.Set("Cache-Control", "no-store")
	status, wait := f.Kind.Status(), f.RetryAfter
	if wait <= 0 && f.Kind.Retryable() && (status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable) {
		wait = defaultRetryAfter
	}
	if wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="aigc"`)
	}
	if status == http.StatusRequestTimeout || status == http.StatusRequestEntityTooLarge {
		h.Set("Connection", "close")
	}
}
