package jsonblob

import (
	"bytes"
	"cmp"
	"net/url"
	"strings"
)

// head is what comes before the content of a file's text: the header of a data URL, or
// only white space.
type head struct {
	skip    int    // bytes before the content
	dataURL bool   // there is a header
	percent bool   // the content is percent-encoded, not base64
	mime    string // media type of the header, in lower case
	reason  string // why the header is invalid; empty: it is valid
}

// maxPrefixes is the limit of headers before one content. Clients that put a data URL
// where only its base64 belongs, and then add a header, make two.
const maxPrefixes = 4

// parseHead parses the start of a file's text: its first headChars characters, or all of a
// shorter one.
func parseHead(text []byte) (h head) {
	for range maxPrefixes {
		rest := bytes.TrimLeft(text[h.skip:], spaces)
		start := len(text) - len(rest)
		next, ok := parseHeader(rest)
		if !ok {
			break
		}
		h = head{start + next.skip, true, next.percent, cmp.Or(next.mime, h.mime), next.reason}
		if h.percent || h.reason != "" {
			return h
		}
	}
	return h
}

// parseHeader parses one header: "data:image/png;base64,", also without "data:" if it ends
// in ";base64,". It returns false if text has none.
func parseHeader(text []byte) (head, bool) {
	begin, comma := len("data:"), ","
	switch {
	case hasPrefixFold(text, "data:"):
	case hasPrefixFold(text, "data%3a"): // percent-encoded as a whole
		begin, comma = len("data%3a"), "%2c"
	default:
		i := bytes.IndexByte(text, ',')
		if i < 0 {
			return head{}, false
		}
		mime, base64 := parseParams(string(text[:i]))
		return head{skip: i + 1, mime: mime}, base64
	}
	end, base64 := headerEnd(lowerASCII(text[begin:]), comma)
	if end < 0 {
		return head{reason: "the header of the data URL has no comma after it"}, true
	}
	params := string(text[begin : begin+end])
	if comma != "," {
		params, _ = url.PathUnescape(params)
	}
	mime, _ := parseParams(params)
	return head{skip: begin + end + len(comma), percent: !base64, mime: mime}, true
}

// headerEnd finds the comma after a header in lower case. A comma in quotes does not end
// it; neither does one in the value of a parameter, such as the name of a file, if
// ";base64," follows before anything that looks like markup.
func headerEnd(text, comma string) (end int, base64 bool) {
	first := -1
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			if n := strings.IndexByte(text[i+1:], '"'); n >= 0 {
				i += n + 1
			}
		case strings.HasPrefix(text[i:], comma):
			params := text[:i]
			if comma != "," {
				params, _ = url.PathUnescape(params)
			}
			if _, base64 := parseParams(params); base64 {
				return i, true
			}
			if first < 0 {
				first = i
			}
			if !strings.Contains(params, "=") {
				return first, false
			}
		case first >= 0 && (text[i] == '<' || strings.HasPrefix(text[i:], "%3c")):
			return first, false
		}
	}
	return first, false
}

// parseParams splits "image/png; charset=x; base64". The media type may be missing.
func parseParams(header string) (mime string, base64 bool) {
	params := strings.Split(strings.ToLower(header), ";")
	for i, p := range params {
		params[i] = strings.TrimSpace(p)
		base64 = base64 || params[i] == "base64"
	}
	if mime = params[0]; mime == "base64" {
		mime = ""
	}
	return mime, base64
}

// spaces is the white space that is allowed anywhere in base64.
const spaces = " \t\n\r\f\v"

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// lowerASCII is text in lower case, of the same length.
func lowerASCII(text []byte) string {
	out := make([]byte, len(text))
	for i, c := range text {
		out[i] = lower(c)
	}
	return string(out)
}

func hasPrefixFold(text []byte, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(string(text[:len(prefix)]), prefix)
}
