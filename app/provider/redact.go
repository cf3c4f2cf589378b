package provider

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Any text that a vendor sends may quote the key of the request: in an error, as the id of a
// job, in the text of a result, in a header. Each secret is therefore replaced by a mask
// where an answer enters, in [Client.Do] and [Client.Stream], before a driver sees it.
//
// An id with a mask can still be polled: a request to the account's own host gets the
// secret back in its place, see [Account.Unmask].

// minRedacted is the least length in bytes of a secret that is redacted in vendors'
// texts: a shorter one may be part of an ordinary word.
const minRedacted = 8

// maxEncoded is the length in bytes from which a secret, such as a key file, is looked for
// as it is only: vendors that quote something quote what was sent.
const maxEncoded = 512

// bullet is what masks consist of: at least three. Their number says which form of which
// secret was there.
const bullet = "•"

// secrets are texts to be found in what vendors send.
type secrets struct {
	key     string       // of [preparedSecrets]
	forms   []string     // the n-th has the mask of n+3 bullets; without duplicates
	first   [256][]int   // the forms that begin with a byte, the longest first
	begins  [1024]uint64 // bits of the pairs of bytes with which a form may begin, escaped or not
	longest int          // of forms, in bytes
}

// newSecrets prepares texts. The forms of a text are itself, its hex and its base64, and its
// bytes as lists of numbers.
func newSecrets(texts ...string) *secrets {
	s := &secrets{}
	for _, first := range []byte(escapes) {
		for second := range 256 {
			s.mayBegin(first, byte(second))
		}
	}
	for _, text := range texts {
		s.add(text)
	}
	for _, text := range texts {
		if len(text) >= minRedacted && len(text) <= maxEncoded {
			s.add(hex.EncodeToString([]byte(text))) // also found in upper case
			for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				for skip := range 3 {
					s.add(within(alphabet, text, skip))
				}
			}
		}
	}
	for _, text := range texts { // behind the others: their masks are in stored ids
		if len(text) >= minRedacted && len(text) <= maxEncoded {
			for _, list := range byteLists {
				s.add(list.of(text))
			}
		}
	}
	return s
}

// byteLists are the ways in which programs print bytes as numbers.
var byteLists = []byteList{{hex: true, between: ":"}, {hex: true, between: " "}, {hex: true, between: "-"},
	{true, "0x", ", "}, {true, "0x", ","}, {true, "0x", " "}, {between: ", "}, {between: ","}, {between: " "}}

type byteList struct {
	hex             bool // else decimal
	prefix, between string
}

func (l byteList) of(text string) string {
	var b []byte
	for i := range len(text) {
		if i > 0 {
			b = append(b, l.between...)
		}
		if b = append(b, l.prefix...); l.hex {
			b = hex.AppendEncode(b, []byte{text[i]})
		} else {
			b = strconv.AppendUint(b, uint64(text[i]), 10)
		}
	}
	return string(b)
}

// add adds a form, in which upper and lower case do not differ.
func (s *secrets) add(form string) {
	if len(form) < minRedacted || slices.Contains(s.forms, form) {
		return
	}
	s.forms, s.longest = append(s.forms, form), max(s.longest, len(form))
	c, next := lower(form[0]), lower(form[1])
	s.first[c] = append(s.first[c], len(s.forms)-1)
	slices.SortStableFunc(s.first[c], func(a, b int) int { return len(s.forms[b]) - len(s.forms[a]) }) // one may begin with another
	for _, first := range []byte{c, upper(c)} {
		for _, second := range append([]byte{next, upper(next)}, notLiteral...) {
			s.mayBegin(first, second)
		}
		if next == ' ' || next == '+' {
			s.mayBegin(first, ' ')
			s.mayBegin(first, '+')
		}
	}
}

func (s *secrets) mayBegin(first, second byte) {
	pair := uint(first)<<8 | uint(second)
	s.begins[pair>>6] |= 1 << (pair & 63)
}

// within is the part of the base64 of any text that depends only on a text that begins
// in it skip bytes behind a multiple of three.
func within(alphabet *base64.Encoding, text string, skip int) string {
	b := alphabet.EncodeToString([]byte("\x00\x00\x00"[:skip] + text))
	cut := (skip + len(text)) % 3 // bits of the last character are of what follows
	return b[(skip*8+5)/6 : len(b)-min(cut, 1)]
}

// find returns the first place of a secret in text from at on, and the index of its form;
// -1 for start if there is none.
func (s *secrets) find(text []byte, at int) (start, end, form int) {
	var some, others [16]int // no allocation for the usual case
	for ; at+1 < len(text); at++ {
		b := text[at]
		if pair := uint(b)<<8 | uint(text[at+1]); s.begins[pair>>6]>>(pair&63)&1 == 0 {
			continue
		}
		for layers := 0; layers <= maxLayers; layers++ {
			c, begin := decode(text, at, layers)
			for _, i := range s.first[lower(c)] {
				if differs(text[at:], s.forms[i]) {
					continue
				}
				from, next := append(some[:0], begin), others[:0]
				for j := 1; j < len(s.forms[i]) && len(from) > 0; j++ {
					from, next = after(text, from, lower(s.forms[i][j]), next[:0]), from
				}
				if len(from) > 0 {
					return at, slices.Max(from), i
				}
			}
			if !startsEscape(b) {
				break
			}
		}
	}
	return -1, -1, -1
}

// differs reports whether a text that begins with no escape does not begin with a form, by
// the first bytes of both: base64 has the first two of some form at one place in a hundred.
func differs(text []byte, form string) bool {
	for j := 0; j < min(len(text), len(form), 8) && !startsEscape(text[j]) && !mayBeInvisible(text[j]); j++ {
		if lower(text[j]) != lower(form[j]) && !isPlus(text[j], form[j]) {
			return true
		}
	}
	return false
}

// mask replaces the secrets in a text.
func (s *secrets) mask(text []byte) []byte {
	if s == nil || len(s.forms) == 0 {
		return text
	}
	var out []byte
	from := 0
	for {
		start, end, form := s.find(text, from)
		if start < 0 {
			break
		}
		out = append(append(out, text[from:start]...), strings.Repeat(bullet, form+3)...)
		from = end
	}
	if out == nil {
		return text
	}
	return append(out, text[from:]...)
}

// maskJSON replaces the secrets in the strings of a JSON document, which stays valid, and
// in other texts as mask does.
func (s *secrets) maskJSON(doc []byte) []byte {
	if s == nil || len(s.forms) == 0 {
		return doc
	}
	if !json.Valid(doc) {
		return s.mask(doc)
	}
	var out []byte
	from := 0
	for at := 0; ; {
		quote := bytes.IndexByte(doc[at:], '"')
		if quote < 0 {
			break
		}
		begin := at + quote
		at = endOfString(doc, begin)
		if masked, changed := s.maskString(doc[begin:at]); changed {
			out = append(append(out, doc[from:begin]...), masked...)
			from = at
		}
	}
	if out == nil {
		return doc
	}
	return append(out, doc[from:]...)
}

// endOfString is the position behind the string of a valid document that begins at begin.
func endOfString(doc []byte, begin int) int {
	for at := begin + 1; ; at++ {
		switch doc[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
}

// maskString replaces the secrets in a string of a JSON document. The string may be a
// document itself.
func (s *secrets) maskString(literal []byte) (_ []byte, changed bool) {
	if bytes.IndexByte(literal, '\\') < 0 {
		masked := s.mask(literal[1 : len(literal)-1])
		if len(masked) == len(literal)-2 && bytes.Equal(masked, literal[1:len(literal)-1]) {
			return literal, false
		}
		return slices.Concat([]byte(`"`), masked, []byte(`"`)), true
	}
	var text string
	if json.Unmarshal(literal, &text) != nil {
		return literal, false
	}
	masked := s.maskJSON([]byte(text)) // also removes the escapes of a text that is none
	if string(masked) == text {
		return literal, false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(string(masked)) // a string always marshals
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), true
}

// maskHeader replaces the secrets in the values of headers.
func (s *secrets) maskHeader(h http.Header) http.Header {
	out := h.Clone()
	for _, values := range out {
		for i, v := range values {
			values[i] = string(s.mask([]byte(v)))
		}
	}
	return out
}

// maskURL replaces the secrets in an address.
func (s *secrets) maskURL(u *url.URL) *url.URL {
	text := u.String()
	masked := string(s.mask([]byte(text)))
	if masked == text {
		return u
	}
	if clean, err := url.Parse(masked); err == nil {
		return clean
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}
}

// secrets are those of the account: the secret, and the id of a key pair. The sandbox's
// keys are public and stay.
func (a Account) secrets() *secrets {
	if a.Sandbox {
		return nil
	}
	key := a.Secret.Reveal() + "\x00" + a.AccessKey.Reveal()
	return preparedSecrets.get(key, func() *secrets {
		s := newSecrets(a.Secret.Reveal(), a.AccessKey.Reveal())
		s.key = key
		return s
	})
}

// preparedSecrets keeps what [newSecrets] prepared: that takes longer than what
// else a poll computes. A secret in it is not changed.
var preparedSecrets = secretsCache{prepared: map[string]*secrets{}}

type secretsCache struct {
	mu       sync.Mutex
	prepared map[string]*secrets // by the texts
}

// maxPrepared bounds the cache: signatures differ with every request.
const maxPrepared = 256

func (c *secretsCache) get(key string, prepare func() *secrets) *secrets {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.prepared[key]
	if s == nil {
		s = prepare()
		if len(c.prepared) >= maxPrepared {
			clear(c.prepared)
		}
		c.prepared[key] = s
	}
	return s
}

// withMade are the secrets with what was made of them for a request: a token or a
// signature. Masks of the account's own secrets stay what they are.
func (s *secrets) withMade(made []string) *secrets {
	if s == nil {
		return nil
	}
	made = slices.DeleteFunc(made, func(text string) bool { return slices.Contains(s.forms, text) }) // such as the key itself
	if len(made) == 0 {
		return s
	}
	return preparedSecrets.get(s.key+"\x00"+strings.Join(made, "\x00"), func() *secrets {
		more := *s
		more.forms = slices.Clone(s.forms)
		for i := range s.first {
			more.first[i] = slices.Clone(s.first[i])
		}
		for _, form := range newSecrets(made...).forms {
			more.add(form)
		}
		return &more
	})
}
