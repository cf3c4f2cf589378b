package web

import (
	"net/http"
	"strings"

	"aigc/app/fault"
)

// Level says which callers may use a route. The zero value requires a key, so
// that a route without a level is not public.
type Level int

// The levels.
const (
	Keyed  Level = iota // a valid key is required; the request counts against its rate limit
	Public              // all callers; the key is ignored
	ByName              // no key is required: who knows an object's name may read it; the service checks the caller if links are private
	Admin               // an admin's key is required; the request counts against its rate limit
)

// Authorize sets Caller from the key in the request's headers and counts the
// request against the caller's rate limit. Errors have the kinds Unauthenticated
// (no key, or an unknown one), Forbidden (not an admin's) and Throttled. It does
// not read the body.
func (x *Exchange) Authorize(r *http.Request, level Level) error {
	if level == Public {
		return nil
	}
	access := x.handler.Access
	caller, err := access.Authenticate(r.Context(), KeyOf(r))
	if err != nil {
		if level == ByName {
			return nil
		}
		return err
	}
	x.Caller = caller
	if level == ByName {
		return nil
	}
	if level == Admin && !caller.Admin {
		return fault.New(fault.Forbidden, "admin_needed", "This route requires an admin's API key.")
	}
	return access.Allow(r.Context(), caller)
}

// KeyOf returns the API key of a request, from the header Authorization (scheme
// Bearer) or X-API-Key; empty if there is none.
func KeyOf(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return r.Header.Get("X-API-Key")
}
