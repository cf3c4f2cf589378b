package provider

import (
	"net/http"

	"aigc/app/fault"
)

// Auth makes the function that adds an account's key to a request, for
// [Request.Authorize]. A vendor that authorizes otherwise, such as by a signature over
// the body, has a function of its own of this type.
type Auth = func(Call) func(*http.Request) error

// Bearer is the [Auth] that sends the API key as "Authorization: Bearer KEY".
func Bearer(c Call) func(*http.Request) error { return apiKey(c, "Authorization", "Bearer ") }

// HeaderKey is the [Auth] that sends the bare API key in a header: "X-Key".
func HeaderKey(header string) Auth {
	return func(c Call) func(*http.Request) error { return apiKey(c, header, "") }
}

// apiKey sends the account's API key. The secret of a key pair only signs requests: for
// a pair the request fails with VendorAccess, unsent.
func apiKey(c Call, header, prefix string) func(*http.Request) error {
	if c.Account.IsPair() {
		return func(*http.Request) error {
			return fault.New(fault.VendorAccess, "", "%s requires an API key for this, but %s belongs to a key pair; nothing was sent.", c.Account.title(), c.Account.Variable).WithCharge(fault.ChargedNo)
		}
	}
	return setHeader(header, prefix+c.Account.Secret.Reveal())
}

// BearerToken sends a token made with the account's key: an access token or a signed
// JWT.
func BearerToken(token Secret) func(*http.Request) error {
	return setHeader("Authorization", "Bearer "+token.Reveal())
}

func setHeader(name, value string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}
