package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"aigc/app/fault"
)

// defaultRetryAfter is what Retry-After says where the fault names no time.
const defaultRetryAfter = 5 * time.Second

// maxDrain is how many unread bytes of a body net/http may read to keep the
// connection of a failed request.
const maxDrain = 64 << 10

// Fail answers with an error, in the shape of the face. Once an answer has
// begun, the error is only noted for the log.
func (x *Exchange) Fail(r *http.Request, err error) {
	x.fault = fault.From(err)
	if x.status != 0 {
		return
	}
	x.gone = r.Context().Err() != nil
	failHeaders(x.Header(), x.fault, x.unwanted(r))
	x.face.Fail(x, r, err)
}

// unwanted says that too much of the request's body is unread to keep the
// connection.
func (x *Exchange) unwanted(r *http.Request) bool {
	return x.body != nil && !x.body.done && (r.ContentLength < 0 || r.ContentLength > maxDrain)
}

// failHeaders sets the headers that belong to a fault on every face.
func failHeaders(h http.Header, f *fault.Error, unwanted bool) {
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
	if unwanted || status == http.StatusRequestTimeout || status == http.StatusRequestEntityTooLarge {
		h.Set("Connection", "close")
	}
}
