package provider

import (
	"strings"
	"unicode"
)

// maxSanitized is how much of a vendor's text is shown, in bytes.
const maxSanitized = 500

// Sanitize makes a vendor's text fit to be shown in a fault: valid UTF-8
// without control characters, on one line, 500 bytes at most.
func Sanitize(text string) string {
	if len(text) > 4*maxSanitized { // do not process a whole error page
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
