package provider

import (
	"fmt"
	"regexp"
	"strings"
)

// KeyAccounts are the accounts of a list of API keys, for [Settings] with names
// of their own. variable is the setting of the keys. Keys are separated by
// commas, also within one file. A key written as "name=key" makes an account of
// that name, see [Account.Name].
func KeyAccounts(variable string, keys []Secret, baseURL string) []Account {
	var out []Account
	for _, entry := range split(keys) {
		if entry != "" {
			name, key := named(entry)
			out = append(out, Account{Name: name, BaseURL: baseURL, Secret: Secret(key), Variable: variable})
		}
	}
	return out
}

// minNamedKey is the length in bytes from which the part behind "name=" is
// taken for a key: what is shorter may be the padding of base64.
const minNamedKey = 8

var nameBefore = regexp.MustCompile(`^([a-z0-9_-]{1,32})=`)

// named reads "name=key". Anything else is a key as it is, whatever '=' it holds.
func named(entry string) (name, key string) {
	m := nameBefore.FindStringSubmatch(entry)
	if m == nil || len(entry)-len(m[0]) < minNamedKey {
		return "", entry
	}
	return m[1], entry[len(m[0]):]
}

// split are the entries of a list of secrets, empty ones included.
func split(lists []Secret) []string {
	var out []string
	for _, list := range lists {
		for entry := range strings.SplitSeq(list.Reveal(), ",") { // one file may hold several
			out = append(out, strings.TrimSpace(entry))
		}
	}
	return out
}

// PairAccounts are the accounts of key pairs in two lists, which belong together
// by position, for [Settings] with names of their own. The error names both
// settings and no value.
func PairAccounts(accessVariable string, access []Secret, secretVariable string, secrets []Secret, baseURL string) ([]Account, error) {
	ids, keys := split(access), split(secrets)
	if len(ids) != len(keys) {
		return nil, fmt.Errorf("%s, %s: belong together by position, and hold %d and %d values", accessVariable, secretVariable, len(ids), len(keys))
	}
	var out []Account
	for i := range ids {
		if ids[i] == "" || keys[i] == "" {
			return nil, fmt.Errorf("%s, %s: pair %d lacks a value", accessVariable, secretVariable, i+1)
		}
		out = append(out, Account{BaseURL: baseURL, AccessKey: Secret(ids[i]), Secret: Secret(keys[i]), Variable: secretVariable})
	}
	return out, nil
}
