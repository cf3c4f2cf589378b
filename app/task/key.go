package task

import (
	"errors"
	"strings"
	"time"
)

// APIKey is a caller's key as stored, which is only its hash.
type APIKey struct {
	Name    string
	Hash    string
	Admin   bool
	Created time.Time
	Used    time.Time // the day of the last use; zero: never
}

// CheckKeyName returns an error if a caller's key must not have this name. "local" is
// reserved for callers without a key, whose tasks the key would see otherwise.
func CheckKeyName(name string) error {
	switch {
	case name == "local":
		return errors.New("the name local is reserved for callers without a key")
	case len(name) == 0 || len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == ':' || r == ',' || r == 0x7f }):
		return errors.New("a name must have 1 to 64 characters, without spaces, colons and commas")
	}
	return nil
}
