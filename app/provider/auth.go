package provider

import "net/http"

// Auth makes what adds an account's key to a request, for [Request.Authorize].
// A vendor with another way of its own, such as a signature over the body,
// writes one beside these.
type Auth = func(Call) func(*http.Request) error

// Bearer is the [Auth] that sends the API key as "Authorization: Bearer KEY".
func Bearer(c Call) func(*http.Request) error { return BearerToken(c.Account.Secret) }

// BearerToken sends a token that was made of the account's key.
func BearerToken(token Secret) func(*http.Request) error {
	return setHeader("Authorization", "Bearer "+token.Reveal())
}

// HeaderKey is the [Auth] that sends the bare API key in a header: "X-Key".
func HeaderKey(header string) Auth {
	return func(c Call) func(*http.Request) error { return setHeader(header, c.Account.Secret.Reveal()) }
}

func setHeader(name, value string) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}
