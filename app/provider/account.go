package provider

import (
	"net/url"
	"strings"
)

// Account is one paying identity at a vendor: where to call, and with what.
type Account struct {
	Vendor      string            // Vendor.Name
	Name        string            // as written in "name=key", else empty; keys of one name share their limits
	BaseURL     string            // without a trailing slash
	Secret      Secret            // API key, the content of a key file, or the secret half of a key pair
	AccessKey   Secret            // the other half of a key pair: access key id, SecretId; empty for an API key
	Fingerprint string            // identifies the secret without revealing it; in tickets and logs
	Variable    string            // the setting it came from, named in errors
	Attrs       map[string]string // what else the vendor wants: project, location …
	Sandbox     bool              // the vendor is our own imitation
}

// IsPair says whether requests are signed with a key pair rather than sent
// with an API key.
func (a Account) IsPair() bool { return a.AccessKey != "" }

// fingerprint is the [Fingerprint] of the key, or of both halves of a pair.
func (a Account) fingerprint() string {
	if !a.IsPair() {
		return Fingerprint(a.Secret)
	}
	return Fingerprint(a.AccessKey + "\x00" + a.Secret)
}

// SameHost says whether u has the scheme, host and port of the account's base
// URL. A key is sent nowhere else unless the vendor's sheet says so.
func (a Account) SameHost(u *url.URL) bool {
	base, err := url.Parse(a.BaseURL)
	if err != nil {
		return false
	}
	return strings.EqualFold(base.Scheme, u.Scheme) && strings.EqualFold(hostPort(base), hostPort(u))
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return u.Hostname() + ":443"
	}
	return u.Hostname() + ":80"
}
