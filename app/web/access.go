package web

import (
	"net/http"
	"strings"

	"aigc/app/fault"
)

// Level is who may use a route. The zero value needs a key, so that a route
// without a level is not open.
type Level int

// The levels.
const (
	Keyed  Level = iota // a key, counted against its rate
	Public              // all callers; the key is not looked at
	ByName              // the object's name is the permission; the service looks at the caller where links are private
	Admin               // an admin's key, counted against its rate
)

// Authorize finds the caller by the key in the request's headers, and counts
// the request against the caller's rate. It reads nothing of the body.
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
		return fault.New(fault.Forbidden, "admin_needed", "This needs the key of an admin.")
	}
	return access.Allow(r.Context(), caller)
}

// KeyOf is the key that a request shows: Authorization: Bearer, or X-API-Key.
func KeyOf(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return r.Header.Get("X-API-Key")
}
