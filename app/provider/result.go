package provider

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"aigc/app/fault"
)

// Complete is called with what a driver returns for an answer to a paid request or to a
// poll. It puts each result where it belongs: files, base64 and data URLs into
// [Result.Base64], addresses into [Result.URL], absolute and without what surrounds them.
// Vendors and gateways use either field for either, and write addresses without a host or
// a scheme. An address that makes no sense stays as it is: it is shown to the task's
// owner.
//
// If the driver cannot read the answer, but the answer is the image or video itself, that
// is the result.
func (c *Client) Complete(a *Answer, err error) error {
	if c == nil {
		return err
	}
	if fault.KindOf(err) == fault.InDoubt && c.file != "" {
		*a, err = Answer{Results: []Result{{Base64: c.file}}}, nil
	}
	for i := range a.Results {
		c.place(&a.Results[i])
	}
	return err
}

// AddressNotes are notes for the task's owner, one for each result that has an address at
// the vendor. A result that cannot be stored is paid all the same, so a person must be able
// to fetch it: the address is whole, with its signature.
func (a *Answer) AddressNotes() (notes []string) {
	if a == nil {
		return nil
	}
	for i, r := range a.Results {
		if r.URL != "" {
			notes = append(notes, fmt.Sprintf("Result %d was not stored. Its address at the vendor: %s", i+1, r.URL))
		}
	}
	return notes
}

func (c *Client) place(r *Result) {
	switch text := strings.TrimFunc(r.Base64, isSpace); {
	case c.placeholders[r.Base64]:
	case text == "":
		r.Base64 = ""
	case !isInline(text) && looksLikeAddress(text):
		if r.Base64 = ""; r.URL == "" {
			r.URL = text
		}
	}
	switch text := unwrap(r.URL); {
	case text == "":
		r.URL = ""
	case c.placeholders[r.URL], isInline(text):
		if r.Base64 == "" {
			r.Base64 = text
		}
		r.URL = ""
		if head, _, ok := strings.Cut(r.Base64[:min(len(r.Base64), 200)], ","); ok && !strings.HasPrefix(strings.ToLower(head), "data:") {
			r.Base64 = "data:" + r.Base64
		}
	default:
		r.URL = resolve(c.answered.Load(), text)
	}
}

// isSpace is the white space and the invisible characters that surround a copied text.
func isSpace(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b'
}

// unwrap removes what is around an address, and the escapes of a text that was put into
// JSON or HTML twice. Line ends and tabs are never part of one.
func unwrap(text string) string {
	text = strings.TrimFunc(text, isSpace)
	for _, pair := range []string{`""`, `''`, "<>", "``"} {
		if len(text) > 2 && text[0] == pair[0] && text[len(text)-1] == pair[1] {
			text = strings.TrimFunc(text[1:len(text)-1], isSpace)
		}
	}
	if isInline(text) { // it may be long
		return text
	}
	if m := markdown.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	text = strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(text)
	if plain := ""; strings.Contains(text, `\`) && json.Unmarshal([]byte(`"`+text+`"`), &plain) == nil {
		text = plain
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, `\`, "/"), "&amp;", "&")
}

// markdown is a link or an image in Markdown, as chat models write it.
var markdown = regexp.MustCompile(`^!?\[[^\]]*\]\(\s*<?([^\s>)]+)>?[^)]*\)$`)

// isInline reports whether a text is a data URL, also one without its first word, or the
// base64 of an image or a video.
func isInline(text string) bool {
	head := strings.ToLower(text[:min(len(text), 200)])
	if strings.HasPrefix(head, "data:") {
		return true
	}
	if before, _, ok := strings.Cut(head, ","); ok && strings.HasSuffix(strings.TrimSpace(before), "base64") && !strings.Contains(before, "//") {
		return true
	}
	return len(text) >= 64 && fileBase64.MatchString(text)
}

// fileBase64 is how the base64 of a PNG, JPEG, GIF, WebP, MP4 or SVG begins, in either
// alphabet. An address has a point, a colon or a question mark soon.
var fileBase64 = regexp.MustCompile(`^(iVBORw0KGgo|[/_]9j[/_]|R0lGOD|UklGR|AAAA[A-Za-z0-9+/_-]{2,6}Z0eX|PHN2Zy|PD94bW)[A-Za-z0-9+/_=\s-]{40}`)

// looksLikeAddress reports whether a text has characters that base64 never has, but
// addresses do.
func looksLikeAddress(text string) bool {
	return len(text) <= maxAddress && strings.ContainsAny(text, ".:?")
}

// maxAddress is the length from which a text is no address.
const maxAddress = 16 << 10

// resolve makes an address absolute, relative to that of the request whose answer holds
// it. An address with a scheme stays, except for characters that a URL must not have.
func resolve(base *url.URL, text string) string {
	switch scheme, tail, ok := strings.Cut(text, ":"); {
	case ok && hasWebScheme(scheme):
		tail = strings.TrimLeft(tail, "/")
		return strings.ToLower(scheme) + "://" + escapeAddress(tail)
	case ok && isScheme.MatchString(scheme) && !port.MatchString(tail):
		return text // oss://bucket/object
	}
	if base == nil {
		return text
	}
	if host, _, _ := strings.Cut(text, "/"); hostName.MatchString(host) && host != text {
		text = "//" + text
	}
	u, err := url.Parse(escapeAddress(text))
	if err != nil {
		return text
	}
	return base.ResolveReference(u).String()
}

func hasWebScheme(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

var (
	isScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)
	port     = regexp.MustCompile(`^\d{1,5}(/|$)`)
	// hostName is a host with a top-level domain or a port: a folder seldom has either.
	hostName = regexp.MustCompile(`^(?i)([a-z0-9_-]+\.)+[a-z]{2,}(:\d{1,5})?$|^[a-z0-9._-]+:\d{1,5}$|^\[[0-9a-f:]+\](:\d{1,5})?$`)
)

// escapeAddress escapes what must not stand in a URL as it is: spaces, control characters,
// and a percent sign that escapes nothing.
func escapeAddress(text string) string {
	host, tail := text, ""
	if i := strings.IndexAny(strings.TrimLeft(text, "/"), "/?#"); i >= 0 {
		i += len(text) - len(strings.TrimLeft(text, "/"))
		host, tail = text[:i], text[i:]
	}
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
		host, tail = "", text
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteString(host)
	for i := range len(tail) {
		c := tail[i]
		if c <= ' ' || c == 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 || c == '%' && !isEscape(tail[i:]) {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isEscape(text string) bool {
	return len(text) >= 3 && strings.IndexByte("0123456789abcdefABCDEF", text[1]) >= 0 && strings.IndexByte("0123456789abcdefABCDEF", text[2]) >= 0
}
