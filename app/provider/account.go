package provider

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// Secret is a value that must not be seen: it prints and marshals as dots.
type Secret string

// String hides the secret; see [Secret.Reveal].
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "•••"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON hides the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// Reveal is the secret itself, for the one place that signs a request.
func (s Secret) Reveal() string { return string(s) }

// Account is one paying identity at a vendor: where to call, and with what.
type Account struct {
	Vendor      string            // Vendor.Name
	BaseURL     string            // without a trailing slash
	Secret      Secret            // API key, or the content of a key file
	Fingerprint string            // says which secret without telling it; in tickets and logs
	Variable    string            // the setting it came from, named in errors
	Attrs       map[string]string // what else the vendor wants: project, location …
	Sandbox     bool              // the vendor is our own imitation
}

// Fingerprint is the first 12 hex digits of the SHA-256 of a secret.
func Fingerprint(s Secret) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
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

// hide takes the account's secret out of what a vendor says. The sandbox's is
// no secret, and a short one would make holes in ordinary words.
func (a Account) hide(text []byte) []byte {
	if a.Sandbox || len(a.Secret) < 8 {
		return text
	}
	return bytes.ReplaceAll(text, []byte(a.Secret), []byte(a.Secret.String()))
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

// Decode reads a secret from a setting; "file:/run/secrets/x" names a file
// that holds it.
func (s *Secret) Decode(value string) error {
	if path, ok := strings.CutPrefix(value, "file:"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("the file of the secret cannot be read: %w", err)
		}
		if value = strings.TrimSpace(string(data)); value == "" {
			return errors.New("the file of the secret is empty") // not the same as no secret at all
		}
	}
	*s = Secret(value)
	return nil
}
