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

// maxVendorCode is the limit of a vendor's code in a fault, in bytes.
const maxVendorCode = 64

// maxCodeWords is how many words a code has at most, such as "Bad Request". A text with
// more is a sentence, which may quote the prompt; codes are logged.
const maxCodeWords = 3

// VendorCode makes a vendor's error code or status fit for a fault: letters, digits, "_",
// "." and "-", at most 64 bytes. Anything else between them becomes "_". It is empty for a
// sentence.
func VendorCode(code string) string {
	if len(strings.Fields(code)) > maxCodeWords {
		return ""
	}
	words := strings.FieldsFunc(code, func(r rune) bool {
		return r > 0x7f || r != '_' && r != '.' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	code = strings.Join(words, "_")
	return code[:min(len(code), maxVendorCode)]
}
