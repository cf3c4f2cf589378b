package jsonblob

import (
	"bytes"
	"strings"
)

const (
	headChars = 1024          // characters by which a long string is classified
	headBytes = 6 * headChars // if all are escaped as \uXXXX
	minWord   = 32            // text with shorter words is prose, not base64
)

// isFile reports whether a long string is a file, by its first headChars characters: it is
// base64, a data URL of base64, or a percent-encoded data URL of an image or video.
func isFile(raw []byte) bool {
	text, ascii := unescapeHead(raw)
	if !ascii {
		return false
	}
	h := parseHead(text)
	switch {
	case h.reason != "":
		return false
	case h.percent:
		return strings.HasPrefix(h.mime, "image/") || strings.HasPrefix(h.mime, "video/")
	case h.dataURL:
		return true
	}
	return isBase64(text[h.skip:])
}

// minEncoded is the length from which text of the base64 alphabet is taken for base64
// where a file could also be sent as it is.
const minEncoded = 64

// IsEncoded reports whether what a file starts with, some hundred bytes, is the text of one
// in base64 or of a data URL, and not its bytes.
func IsEncoded(start []byte) bool {
	start = start[:min(len(start), headChars)]
	h := parseHead(start)
	return h.dataURL || len(start) >= minEncoded && isBase64(start)
}

// isLink reports whether a string in the place of a file is a URL of one, or a JSON value,
// and so stays in the document.
func isLink(raw []byte) bool {
	text, _ := unescapeHead(raw)
	return IsLink(text) || bytes.IndexAny(bytes.TrimLeft(text, spaces), "[{") == 0
}

// IsLink reports whether text starts like an http(s) URL.
func IsLink(text []byte) bool {
	text = bytes.TrimLeft(text, spaces)
	return hasPrefixFold(text, "http:") || hasPrefixFold(text, "https:")
}

// unescapeHead returns up to headChars characters of a string's inside. It stops at the
// first one that is not ASCII and then returns false.
func unescapeHead(raw []byte) (text []byte, ascii bool) {
	for len(text) < headChars {
		c, size := unescape(raw)
		if size == 0 {
			break
		}
		if c < 0 || c > 0x7f {
			return text, false
		}
		raw, text = raw[size:], append(text, byte(c))
	}
	return text, true
}

// isBase64 reports whether text is base64. White space is allowed if the words between it
// are long.
func isBase64(text []byte) bool {
	word, padded := 0, false
	for _, c := range text {
		switch {
		case isSpace(c):
			if word > 0 && word < minWord && !padded {
				return false
			}
			word = 0
			continue
		case c == '=':
			padded = true
		case padded || digits[0][c] == invalid:
			return false
		}
		word++
	}
	return len(text) > 0
}

// unescape reads the first character of the inside of a JSON string. size is its length
// in bytes, 0 if it is incomplete. The halves of a surrogate pair are returned one by
// one. c is negative for a byte or an escape that is invalid in JSON.
func unescape(b []byte) (c rune, size int) {
	switch {
	case len(b) == 0:
		return 0, 0
	case b[0] < ' ':
		return -1, 1
	case b[0] != '\\':
		return rune(b[0]), 1
	case len(b) == 1:
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		return unescapeUnicode(b)
	}
	return -1, 2
}

func unescapeUnicode(b []byte) (c rune, size int) {
	for i := 2; i < 6; i++ {
		if i == len(b) {
			return 0, 0
		}
		switch d := b[i]; {
		case '0' <= d && d <= '9':
			c = c<<4 | rune(d-'0')
		case 'a' <= d|0x20 && d|0x20 <= 'f':
			c = c<<4 | rune(d|0x20-'a'+10)
		default:
			return -1, 2
		}
	}
	return c, 6
}

// startsWith reports whether the inside of a JSON string starts with prefix.
func startsWith(raw []byte, prefix string) bool {
	for i := range len(prefix) {
		c, size := unescape(raw)
		if size == 0 || c != rune(prefix[i]) {
			return false
		}
		raw = raw[size:]
	}
	return true
}
