package provider

import (
	"fmt"
	"regexp"
	"strings"
)

// KeyAccounts makes the accounts of a list of API keys, for [Settings] with other names
// than [Keys] has. variable is the setting of the keys. Keys are separated by commas,
// also within one file. A key written as "name=key" makes an account with that name, see
// [Account.Name].
func KeyAccounts(variable string, keys []Secret, baseURL string) []Account {
	var out []Account
	for _, entry := range splitList(keys) {
		if entry != "" {
			name, key := parseNamedKey(entry)
			out = append(out, Account{Name: name, BaseURL: baseURL, Secret: Secret(key), Variable: variable})
		}
	}
	return out
}

// minNamedKey is the least length in bytes of the key after "name=". If it is shorter,
// the whole entry is the key, and "=" may be padding of base64.
const minNamedKey = 8

var namePrefix = regexp.MustCompile(`^([a-z0-9_-]{1,32})=`)

// parseNamedKey splits "name=key". Any other entry is a key without a name, even if it
// contains "=".
func parseNamedKey(entry string) (name, key string) {
	m := namePrefix.FindStringSubmatch(entry)
	if m == nil || len(entry)-len(m[0]) < minNamedKey {
		return "", entry
	}
	return m[1], entry[len(m[0]):]
}

// splitList splits secrets at commas and trims spaces; empty entries are kept.
func splitList(lists []Secret) []string {
	var out []string
	for _, list := range lists {
		for entry := range strings.SplitSeq(list.Reveal(), ",") { // one file may hold several
			out = append(out, strings.TrimSpace(entry))
		}
	}
	return out
}

// PairAccounts makes the accounts of key pairs in two lists, paired by position, for
// [Settings] with other names than [AccessKeys] has. An access key may be
// written as "name=key", as in [KeyAccounts]. The error names both settings and no value.
func PairAccounts(accessVariable string, access []Secret, secretVariable string, secrets []Secret, baseURL string) ([]Account, error) {
	ids, keys := splitList(access), splitList(secrets)
	if len(ids) != len(keys) {
		return nil, fmt.Errorf("%s, %s: belong together by position, and hold %d and %d values", accessVariable, secretVariable, len(ids), len(keys))
	}
	var out []Account
	for i := range ids {
		if ids[i] == "" || keys[i] == "" {
			return nil, fmt.Errorf("%s, %s: pair %d lacks a value", accessVariable, secretVariable, i+1)
		}
		name, id := parseNamedKey(ids[i])
		out = append(out, Account{Name: name, BaseURL: baseURL, AccessKey: Secret(id), Secret: Secret(keys[i]), Variable: secretVariable})
	}
	return out, nil
}
