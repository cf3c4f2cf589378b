package jsonblob

import "strings"

const (
	headChars = 1024          // characters by which a long string is classified
	headBytes = 6 * headChars // if all are escaped as \uXXXX
	minLine   = 32            // text with shorter lines is a list of words, not base64
)

// stringHead is the start of a string of base64.
type stringHead struct {
	skip int    // bytes before the base64
	mime string // media type of a data URL
}

// classify reports whether a string is base64, by its first headChars characters.
func classify(raw []byte) (stringHead, bool) {
	var buf [headChars]byte
	text, used := buf[:0], 0
	for len(text) < headChars && (len(text) == 0 || text[len(text)-1] != ',') {
		c, size := unescape(raw[used:])
		if size == 0 {
			break
		}
		if c < 0 || c > 0x7f {
			return stringHead{}, false
		}
		used += size
		text = append(text, byte(c))
	}
	if mime, ok := dataURL(string(text)); ok {
		return stringHead{used, mime}, true
	}
	return stringHead{}, isBase64(text)
}

// isBase64 reports whether text is base64. Line breaks are allowed if the lines are
// long.
func isBase64(text []byte) bool {
	line, padded := 0, false
	for _, c := range text {
		switch {
		case c == '\n' || c == '\r':
			if line > 0 && line < minLine {
				return false
			}
			line = 0
			continue
		case c == '=':
			padded = true
		case padded || digits[0][c] == invalid:
			return false
		}
		line++
	}
	return len(text) > 0
}

// dataURL parses "data:image/png;base64,".
func dataURL(s string) (mime string, ok bool) {
	s, ok = strings.CutPrefix(strings.ToLower(s), "data:")
	if ok {
		s, ok = strings.CutSuffix(s, ";base64,")
	}
	mime, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(mime), ok
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
