package config

import (
	"errors"
	"fmt"
	"strings"

	"aigc/app/provider"
	"aigc/app/task"
)

// Keys are callers' keys from the settings.
type Keys []Key

// Key is one caller's key.
type Key struct {
	Name  string
	Key   provider.Secret
	Admin bool
}

// Decode implements envconfig's Decoder: name:key[:admin],… or file:PATH with that.
func (k *Keys) Decode(value string) error {
	var secret provider.Secret
	if err := secret.Decode(value); err != nil { // file:/run/secrets/keys
		return err
	}
	if strings.HasPrefix(secret.Reveal(), `"`) || strings.HasPrefix(secret.Reveal(), "'") {
		return errors.New("begins with a quotation mark; write it without quotes")
	}
	for part := range strings.SplitSeq(secret.Reveal(), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		fields := strings.Split(part, ":")
		if len(fields) < 2 || len(fields) > 3 || fields[0] == "" || len(fields[1]) < 8 || len(fields) == 3 && fields[2] != "admin" {
			return fmt.Errorf("key %d is not name:key[:admin] with a key of at least 8 characters", len(*k)+1)
		}
		if err := task.CheckKeyName(fields[0]); err != nil {
			return fmt.Errorf("key %d: %w", len(*k)+1, err)
		}
		if why := keyFault(fields[1]); why != "" {
			return fmt.Errorf("key %d %s", len(*k)+1, why)
		}
		for _, other := range *k {
			switch {
			case other.Name == fields[0]:
				return fmt.Errorf("key %d has the name of an earlier one", len(*k)+1)
			case other.Key.Reveal() == fields[1]:
				return fmt.Errorf("key %d is the key of an earlier name; each name needs its own", len(*k)+1)
			}
		}
		*k = append(*k, Key{Name: fields[0], Key: provider.Secret(fields[1]), Admin: len(fields) == 3})
	}
	return nil
}

// minStrongKey is the length in characters below which a key gets a warning at start.
const minStrongKey = 16

// weak returns the names of the keys that are short enough to be guessed.
func (k Keys) weak() []string {
	var names []string
	for _, key := range k {
		if len(key.Key) < minStrongKey {
			names = append(names, key.Name)
		}
	}
	return names
}
