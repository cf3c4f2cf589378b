package provider

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// minRedacted is the least length in bytes of a secret that is redacted in vendors'
// texts: a shorter one may be part of an ordinary word.
const minRedacted = 8

// redact replaces the account's secrets, and the ids of key pairs, in a vendor's text.
// The sandbox's keys are public and stay.
func (a Account) redact(text []byte) []byte {
	if a.Sandbox {
		return text
	}
	for _, form := range a.encodings() {
		text = bytes.ReplaceAll(text, form, []byte(Secret(form).String()))
	}
	return text
}

// encodings are the forms in which a text may contain the secrets: plain, escaped for a
// URL, escaped for JSON. Longer ones come first, since one secret may contain another.
func (a Account) encodings() [][]byte {
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

// lowerPercent writes percent escapes with lower-case hex digits, as some servers do.
func lowerPercent(s string) []byte {
	out := []byte(s)
	for i := 0; i+2 < len(out); i++ {
		if out[i] == '%' {
			copy(out[i+1:i+3], bytes.ToLower(out[i+1:i+3]))
		}
	}
	return out
}
