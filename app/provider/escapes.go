package provider

import (
	"slices"
	"strconv"
)

// This file finds a text within another one, however its characters are escaped: for JSON
// and JavaScript (\u0041, \x41, \/), for URLs (%41) and for HTML (&#65;, &#x41;, &amp;),
// also several times over and differently from character to character.

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
			return orElse(c, end)(number(text, after, layers-1, 16, 4, 4, false))
		case kind == 'x':
			return orElse(c, end)(number(text, after, layers-1, 16, 2, 2, false))
		case kind > ' ' && kind < '0', kind > '9' && kind < 'A', kind > 'Z' && kind < 'a', kind > 'z' && kind < 0x7f:
			return kind, after
		}
	case '%':
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

func startsEscape(c byte) bool { return c == '\\' || c == '%' || c == '&' }

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
	var digits []byte
	for len(digits) < most {
		d, after := decode(text, at, layers)
		if _, err := strconv.ParseUint(string(d), base, 8); err != nil || d >= 0x80 {
			break
		}
		digits, at = append(digits, d), after
	}
	if semicolon {
		if d, after := decode(text, at, layers); d == ';' {
			at = after
		}
	}
	n, err := strconv.ParseUint(string(digits), base, 32)
	return byte(n), at, err == nil && len(digits) >= least && n < 0x80
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
// positions in from, in whichever way it is escaped. A space may be a plus sign.
func after(text []byte, from []int, c byte, out []int) []int {
	for _, at := range from {
		for layers := 0; layers <= maxLayers && at < len(text); layers++ {
			d, end := decode(text, at, layers)
			if (lower(d) == c || c == ' ' && d == '+') && !slices.Contains(out, end) {
				out = append(out, end)
			}
			if !startsEscape(text[at]) {
				break
			}
		}
	}
	return out
}

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
