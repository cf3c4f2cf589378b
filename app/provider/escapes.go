package provider

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file finds a text within another one, however its characters are escaped: for JSON
// and JavaScript (\u0041, \u{41}, \x41, \101, \/), for URLs (%41, %u0041), for mail (=41) and
// for HTML (&#65;, &#x41;, &amp;), also several times over and differently from character to
// character, and with characters between that are not visible, as of UTF-16.

// maxLayers is how often a character may be escaped: JSON in JSON in JSON, for instance.
const maxLayers = 3

// maxEscape is the most bytes that one escaped character is expected to take, where a text
// is searched in pieces.
const maxEscape = 40

// decode reads the character at text[at], of which up to layers of escapes are removed.
// It returns the position behind it; 0 and at at the end of the text.
func decode(text []byte, at, layers int) (c byte, end int) {
	if at >= len(text) {
		return 0, at
	}
	if c = text[at]; layers == 0 || !startsEscape(c) {
		return c, at + 1
	}
	c, end = decode(text, at, layers-1)
	switch c {
	case '\\':
		switch kind, after := decode(text, end, layers-1); {
		case kind == 'u':
			if brace, digits := decode(text, after, layers-1); brace == '{' {
				return orElse(c, end)(closed(text, layers-1)(number(text, digits, layers-1, 16, 1, 8, false)))
			}
			return orElse(c, end)(number(text, after, layers-1, 16, 4, 4, false))
		case kind == 'x':
			return orElse(c, end)(number(text, after, layers-1, 16, 2, 2, false))
		case kind == 'U':
			return orElse(c, end)(number(text, after, layers-1, 16, 8, 8, false))
		case kind == '0' || kind == '1':
			return orElse(c, end)(number(text, end, layers-1, 8, 3, 3, false))
		case kind > ' ' && kind < '0', kind > '9' && kind < 'A', kind > 'Z' && kind < 'a', kind > 'z' && kind < 0x7f:
			return kind, after
		}
	case '%':
		if kind, after := decode(text, end, layers-1); kind == 'u' {
			return orElse(c, end)(number(text, after, layers-1, 16, 4, 4, false))
		}
		return orElse(c, end)(number(text, end, layers-1, 16, 2, 2, false))
	case '=':
		return orElse(c, end)(number(text, end, layers-1, 16, 2, 2, false))
	case '&':
		if kind, after := decode(text, end, layers-1); kind != '#' {
			return orElse(c, end)(entity(text, end, layers-1))
		} else if x, digits := decode(text, after, layers-1); x == 'x' || x == 'X' {
			return orElse(c, end)(number(text, digits, layers-1, 16, 1, 8, true))
		} else {
			return orElse(c, end)(number(text, after, layers-1, 10, 1, 8, true))
		}
	}
	return c, end
}

// escapes are the bytes with which an escaped character begins.
const escapes = `\%&=`

func startsEscape(c byte) bool { return c == '\\' || c == '%' || c == '&' || c == '=' }

// closed requires a brace behind the number of a character.
func closed(text []byte, layers int) func(byte, int, bool) (byte, int, bool) {
	return func(c byte, at int, ok bool) (byte, int, bool) {
		brace, end := decode(text, at, layers)
		return c, end, ok && brace == '}'
	}
}

// orElse takes a decoded character if there is one, else the character c as it is.
func orElse(c byte, end int) func(byte, int, bool) (byte, int) {
	return func(decoded byte, after int, ok bool) (byte, int) {
		if ok {
			return decoded, after
		}
		return c, end
	}
}

// number reads the number of an ASCII character, of least to most digits, and the
// semicolon behind it.
func number(text []byte, at, layers, base, least, most int, semicolon bool) (c byte, end int, ok bool) {
	n, digits := 0, 0
	for ; digits < most; digits++ {
		d, after := decode(text, at, layers)
		v := digit(d)
		if v >= base {
			break
		}
		n, at = n*base+v, after // up to 8 digits: no overflow
	}
	if semicolon {
		if d, after := decode(text, at, layers); d == ';' {
			at = after
		}
	}
	return byte(n), at, digits >= least && n < 0x80 //nolint:gosec // below 0x80
}

// digit is the value of a digit of up to 16 ones; 16 for anything else.
func digit(c byte) int {
	switch c = lower(c); {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return 16
}

// entities are the named ones of characters that keys have.
var entities = map[string]byte{
	"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\'', "sol": '/', "bsol": '\\', "plus": '+', "equals": '=', "lowbar": '_', "UnderBar": '_',
	"hyphen": '-', "dash": '-', "period": '.', "colon": ':', "percnt": '%', "num": '#', "commat": '@', "excl": '!', "dollar": '$', "ast": '*',
	"semi": ';', "comma": ',', "lpar": '(', "rpar": ')', "vert": '|', "verbar": '|', "quest": '?', "Hat": '^', "grave": '`',
	"lsqb": '[', "lbrack": '[', "rsqb": ']', "rbrack": ']', "lcub": '{', "lbrace": '{', "rcub": '}', "rbrace": '}',
}

// entity reads the name of a character and the semicolon behind it.
func entity(text []byte, at, layers int) (c byte, end int, ok bool) {
	var name []byte
	for len(name) < 9 {
		d, after := decode(text, at, layers)
		if d == ';' {
			c, ok = entities[string(name)]
			return c, after, ok
		}
		if d < 'A' || d > 'z' {
			break
		}
		name, at = append(name, d), after
	}
	return 0, at, false
}

// after returns the positions behind a character c, in lower case, that is at one of the
// positions in from, in whichever way it is escaped, or behind characters there that are
// not visible. A space may be a plus sign, and the other way round.
func after(text []byte, from []int, c byte, out []int) []int {
	for _, at := range from {
		out = behind(text, at, c, out)
		if next := skipInvisible(text, at); next > at {
			out = behind(text, next, c, out)
		}
	}
	return out
}

func behind(text []byte, at int, c byte, out []int) []int {
	for layers := 0; layers <= maxLayers && at < len(text); layers++ {
		d, end := decode(text, at, layers)
		if (lower(d) == c || isPlus(c, d)) && !slices.Contains(out, end) {
			out = append(out, end)
		}
		if !startsEscape(text[at]) {
			break
		}
	}
	return out
}

// isPlus says whether one of the characters is a space and the other its form in a query.
func isPlus(a, b byte) bool { return a == ' ' && b == '+' || a == '+' && b == ' ' }

// maxInvisible is how many characters that are not visible may follow each other.
const maxInvisible = 8

// skipInvisible returns the position behind the characters at one that are not visible:
// control characters, such as the zero bytes of UTF-16 and the ends of wrapped lines, and
// soft hyphens and spaces without a width, as they are or escaped for JSON.
func skipInvisible(text []byte, at int) int {
	for range maxInvisible {
		if at >= len(text) || !mayBeInvisible(text[at]) && text[at] != '\\' {
			break
		}
		r, n := utf8.DecodeRune(text[at:])
		if r == '\\' && at+1 < len(text) {
			switch kind := text[at+1]; {
			case strings.IndexByte("nrtbf", kind) >= 0:
				r, n = '\n', 2
			case kind == 'u' && at+6 <= len(text):
				if v, err := strconv.ParseUint(string(text[at+2:at+6]), 16, 16); err == nil {
					r, n = rune(v), 6 //nolint:gosec // 16 bits
				}
			}
		}
		if !unicode.In(r, unicode.Cc, unicode.Cf) {
			break
		}
		at += n
	}
	return at
}

// notLiteral are the bytes that may stand for a character, or before it, without being it.
var notLiteral = func() (b []byte) {
	for c := range 256 {
		if c := byte(c); startsEscape(c) || mayBeInvisible(c) {
			b = append(b, c)
		}
	}
	return b
}()

// mayBeInvisible says whether a character that is not visible may begin with a byte.
func mayBeInvisible(c byte) bool { return c < ' ' || c == 0x7f || c == 0xc2 || c == 0xe2 || c == 0xef }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
