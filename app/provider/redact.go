package provider

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// minRedacted is the length in bytes from which a secret is blanked in a
// vendor's text: a shorter one would make holes in ordinary words.
const minRedacted = 8

// hide blanks the account's secrets, the ids of key pairs included, in what a
// vendor says. The sandbox's are no secrets.
func (a Account) hide(text []byte) []byte {
	if a.Sandbox {
		return text
	}
	for _, form := range a.spellings() {
		text = bytes.ReplaceAll(text, form, []byte(Secret(form).String()))
	}
	return text
}

// spellings are the ways in which a text may quote the secrets: as they are,
// escaped for a URL and for JSON. Longer ones come first, since one secret may
// be a part of another.
func (a Account) spellings() [][]byte {
	var all [][]byte
	for _, s := range []string{a.Secret.Reveal(), a.AccessKey.Reveal()} {
		if len(s) < minRedacted {
			continue
		}
		quoted, _ := json.Marshal(s) // a string always marshals
		inJSON := string(quoted[1 : len(quoted)-1])
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), inJSON, strings.ReplaceAll(inJSON, "/", `\/`)} {
			all = append(all, []byte(form), lowerPercent(form))
		}
	}
	slices.SortFunc(all, func(x, y []byte) int {
		if len(x) != len(y) {
			return len(y) - len(x)
		}
		return bytes.Compare(x, y)
	})
	return slices.CompactFunc(all, bytes.Equal)
}

// lowerPercent writes percent escapes with small hex digits, as some servers do.
func lowerPercent(s string) []byte {
	out := []byte(s)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:i+3], bytes.ToLower(out[i+1:i+3]))
		}
	}
	return out
}
