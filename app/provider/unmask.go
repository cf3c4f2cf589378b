package provider

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file puts secrets back where a vendor had put them. An id that quotes the key is
// stored and shown with a mask; to poll it, the vendor needs it as it was.

// masks are the masks in a text, and in an address that was escaped.
var masks = regexp.MustCompile(`(?:` + bullet + `|%[eE]2%80%[aA]2){3,}`)

// unmask replaces the masks in a text by what they stand for, written by as.
func (s *secrets) unmask(text string, as func(string) string) string {
	if s == nil || !masks.MatchString(text) {
		return text
	}
	return masks.ReplaceAllStringFunc(text, func(mask string) string {
		plain, err := url.PathUnescape(mask)
		if n := utf8.RuneCountInString(plain) - 3; err == nil && n < len(s.forms) {
			return as(s.forms[n])
		}
		return mask
	})
}

// Unmask puts the account's secrets back into an address on its own host. Other hosts get
// no key: there a mask stays.
func (a Account) Unmask(address string) string {
	if !masks.MatchString(address) { // as nearly all
		return address
	}
	if u, err := url.Parse(address); err != nil || !a.SameHost(u) {
		return address
	}
	return a.secrets().unmask(address, url.QueryEscape)
}

// unmaskBody puts the secrets back into the JSON body of a request that is not paid: it may
// have the id of a job.
func (s *secrets) unmaskBody(body any) (any, error) {
	doc, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	text := s.unmask(string(doc), func(form string) string {
		quoted, _ := json.Marshal(form) // a string always marshals
		return string(quoted[1 : len(quoted)-1])
	})
	return json.RawMessage(text), nil
}

// secretHeader is in the names of headers with keys, tokens and signatures.
var secretHeader = regexp.MustCompile(`(?i)auth|key|token|sign`)

// credentials are the values of such headers that Authorize has added to a request, without
// the name of the scheme.
func credentials(before, now http.Header) (made []string) {
	for name, values := range now {
		if secretHeader.MatchString(name) && !slices.Equal(before[name], values) {
			for _, v := range values {
				if _, text, ok := strings.Cut(v, " "); ok {
					v = text
				}
				made = append(made, v)
			}
		}
	}
	slices.Sort(made)
	return made
}
