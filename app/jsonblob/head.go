package jsonblob

import "strings"

const (
	headChars = 1024          // characters that decide what a long string is
	headBytes = 6 * headChars // as \uXXXX
	minLine   = 32            // shorter lines are a list of words, not base64
)

// head is what the start of a string says about it.
type head struct {
	skip int    // bytes before the base64
	mime string // of a data: URL
}

// look decides by the first headChars characters whether a string is base64.
func look(raw []byte) (head, bool) {
	var buf [headChars]byte
	text, used := buf[:0], 0
	for len(text) < headChars && (len(text) == 0 || text[len(text)-1] != ',') {
		c, size := unescape(raw[used:])
		if size == 0 {
			break
		}
		if c < 0 || c > 0x7f {
			return head{}, false
		}
		used += size
		text = append(text, byte(c))
	}
	if mime, ok := dataURL(string(text)); ok {
		return head{used, mime}, true
	}
	return head{}, isBase64(text)
}

// isBase64 says whether all of text belongs to base64. Line breaks do if the
// lines are long.
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
		case padded || digits[0][c] == bad:
			return false
		}
		line++
	}
	return len(text) > 0
}

// dataURL reads "data:image/png;base64,".
func dataURL(s string) (mime string, ok bool) {
	s, ok = strings.CutPrefix(strings.ToLower(s), "data:")
	if ok {
		s, ok = strings.CutSuffix(s, ";base64,")
	}
	mime, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(mime), ok
}

// unescape reads the first character of the inside of a JSON string, and how
// many bytes it takes: 0 if it is cut off. Halves of surrogate pairs come one
// by one; a byte or an escape that no JSON string has is negative.
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
		return unicode(b)
	}
	return -1, 2
}

func unicode(b []byte) (c rune, size int) {
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

// startsWith says whether the inside of a JSON string starts with prefix.
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
