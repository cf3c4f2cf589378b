package web

import (
	"net/http"
	"strings"

	"aigc/app/fault"
	"aigc/app/service"
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
// not read the body. While the request is answered its access is checked again; see
// [AccessEnded].
func (x *Exchange) Authorize(r *http.Request, level Level) error {
	switch {
	case level == Public:
		return nil
	case level == ByName && !x.handler.PrivateLinks: // the key names the caller, and decides nothing
		x.Caller, _ = x.handler.Access.Authenticate(r.Context(), KeyOf(r))
		return nil
	}
	caller, err := x.authenticate(r)
	switch {
	case level == ByName && fault.KindOf(err) == fault.Unauthenticated: // the service refuses it, by the object's owner
		return nil
	case err != nil:
		return err
	}
	x.Caller = caller
	x.keepChecking(KeyOf(r))
	if level == ByName {
		return nil
	}
	if level == Admin && !caller.Admin {
		return fault.New(fault.Forbidden, "admin_needed", "This route requires an admin's API key.")
	}
	return x.handler.Access.Allow(r.Context(), caller)
}

// authenticate returns the caller of a request, unless its address has sent too many
// wrong keys.
func (x *Exchange) authenticate(r *http.Request) (service.Caller, error) {
	key, addr := KeyOf(r), x.handler.ClientAddr(r)
	caller, err := x.handler.Access.Authenticate(r.Context(), key)
	switch {
	case fault.KindOf(err) == fault.Unauthenticated:
		if x.refusedKey = true; key == "" {
			return service.Caller{}, err
		}
		if wrong := x.handler.Brake.wrongKey(addr); wrong != nil {
			return service.Caller{}, wrong
		}
	case err == nil && key != "" && caller.Name != service.Local:
		if err = x.handler.Brake.rightKey(addr, key); err != nil {
			x.refusedKey = true
			return service.Caller{}, err
		}
	}
	return caller, err
}

// KeyOf returns the API key of a request, from the header Authorization (scheme
// Bearer) or X-API-Key; empty if there is none.
func KeyOf(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return r.Header.Get("X-API-Key")
}
