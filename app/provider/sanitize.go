package provider

import (
	"strings"
	"unicode"
)

// maxSanitized is the limit of a vendor's text in a fault, in bytes.
const maxSanitized = 500

// Sanitize makes a vendor's text fit for a fault: valid UTF-8 without control
// characters, on one line, at most 500 bytes.
func Sanitize(text string) string {
	if len(text) > 4*maxSanitized { // an HTML error page, for instance
		text = text[:4*maxSanitized]
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxSanitized {
		return text
	}
	return strings.ToValidUTF8(text[:maxSanitized-len("…")], "") + "…"
}
