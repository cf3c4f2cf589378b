package provider

import (
	"strings"
	"unicode"
)

// maxWords is how much of a vendor's text is shown, in bytes.
const maxWords = 500

// Words are a vendor's own words, fit to be shown in a fault: valid text
// without control characters, on one line, 500 bytes at most.
func Words(text string) string {
	if len(text) > 4*maxWords { // spare the rest of a long page
		text = text[:4*maxWords]
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords-len("…")], "") + "…"
}
