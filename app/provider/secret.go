package provider

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// Secret is a key or password. fmt, with any verb, and encoding/json write dots instead
// of the value.
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

// Format hides the secret from every verb: without it fmt would print the value in its
// error about a verb that does not fit, such as %d.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalJSON hides the secret.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// Reveal is the value itself, for the code that signs or sends it.
func (s Secret) Reveal() string { return string(s) }

// Fingerprint is the first 12 hex digits of the SHA-256 of a secret.
func Fingerprint(s Secret) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:12]
}

// Decode reads a secret from a setting, for envconfig; "file:/run/secrets/x" reads it
// from a file.
func (s *Secret) Decode(value string) error {
	if path, ok := strings.CutPrefix(value, "file:"); ok {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("the file of the secret cannot be read: %w", err)
		}
		if value = strings.Trim(string(data), "\ufeff\u200b \t\r\n"); value == "" {
			return errors.New("the file of the secret is empty") // an unset secret would not be an error
		}
	}
	*s = Secret(value)
	return nil
}
