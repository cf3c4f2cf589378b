package config

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"aigc/app/provider"
)

// checkAccount reports what is wrong with an account's keys: mistakes of quoting and
// copying, which a vendor would answer with "invalid key". It shows no key.
func checkAccount(a provider.Account) (errs []error) {
	for _, secret := range []provider.Secret{a.Secret, a.AccessKey} {
		if why := keyFault(secret.Reveal()); why != "" {
			errs = append(errs, fmt.Errorf("%s: a key %s", a.Variable, why))
		}
	}
	return errs
}

// keyFault says what is wrong with a key; empty if nothing is. The content of a key file
// is JSON and may have anything.
func keyFault(key string) string {
	switch {
	case strings.HasPrefix(strings.TrimSpace(key), "{") && json.Valid([]byte(key)):
		return ""
	case strings.ContainsAny(key, "\"'`“”"):
		return "contains a quotation mark; write it without quotes"
	case strings.ContainsFunc(key, unicode.IsSpace):
		return "contains white space"
	case strings.ContainsFunc(key, func(r rune) bool { return unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' }):
		return "contains a control character"
	case strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII }):
		return "contains a character that is not ASCII; a header cannot carry it"
	}
	return ""
}

// addressFault says what is wrong with a base URL; empty if nothing is.
func addressFault(address string) string {
	u, err := url.Parse(address)
	switch {
	case strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' }):
		return "contains white space or a control character"
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return "is not an http(s) address"
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(address, "#"):
		return "has a query or a fragment; only scheme, host, port and path are allowed"
	}
	return ""
}
