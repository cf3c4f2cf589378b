package provider

import (
	"cmp"
	"net/url"
	"strings"
)

// Account is one key, or key pair, at a vendor's API.
type Account struct {
	Vendor      string            // Vendor.Name
	Title       string            // Vendor.Title
	Name        string            // as written in "name=key", else empty; keys with the same name share their limits
	BaseURL     string            // of the API, without a trailing slash
	Secret      Secret            // API key, content of a key file, or secret half of a key pair
	AccessKey   Secret            // public half of a key pair: access key id, SecretId; empty for an API key
	Fingerprint string            // identifies the secret without revealing it; stored with tasks and logged
	Variable    string            // the setting that the key comes from, for messages
	Models      []string          // models that the account serves, if its operator lists them; nil: those of its routes
	Attrs       map[string]string // further settings of the vendor: project, location …
	Sandbox     bool              // the API is the offline sandbox's
	Found       bool              // the key is not in the settings but looked for on the machine, at the first request and not at start
}

// title is the vendor's name for people.
func (a Account) title() string { return cmp.Or(a.Title, a.Vendor) }

// IsPair reports whether requests are signed with a key pair instead of sent with an
// API key.
func (a Account) IsPair() bool { return a.AccessKey != "" }

// fingerprint is the [Fingerprint] of the key, or of both halves of a pair.
func (a Account) fingerprint() string {
	if !a.IsPair() {
		return Fingerprint(a.Secret)
	}
	return Fingerprint(a.AccessKey + "\x00" + a.Secret)
}

// SameHost reports whether u has the scheme, host and port of the account's base URL. A
// key is sent to no other host, unless [Request.Trusted] accepts it.
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
