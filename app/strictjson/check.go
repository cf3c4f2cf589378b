package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"aigc/app/fault"
	"aigc/app/jsonblob"
)

// Messages of faults of text, also for text that is not JSON.
const (
	NotUTF8   = "the text is not valid UTF-8: it is in another encoding, or a character is cut; send UTF-8"
	surrogate = `the text has half a surrogate pair, which is no character; a pair of \u escapes must be complete`
	keyTwice  = "the key is there twice; send it once"
)

// maxFaults is the limit of faults in one document.
const maxFaults = 32

// Check returns the faults of a JSON document, with locations such as "body.images[2]". Of
// invalid JSON it only checks the encoding: its parser reports the syntax.
func Check(doc []byte) []fault.Detail {
	if !json.Valid(doc) {
		if at := invalidByte(doc); at >= 0 {
			return []fault.Detail{{Location: "body", Message: fmt.Sprintf("byte %d is not valid UTF-8; send the body in UTF-8", at+1)}}
		}
		return nil
	}
	var c checker
	for len(doc) > 0 && len(c.faults) < maxFaults {
		n := 1
		if doc[0] == '"' {
			n = stringEnd(doc)
			c.text(doc[1 : n-1])
		} else {
			c.token(doc[0])
		}
		doc = doc[n:]
	}
	return c.faults
}

// invalidByte is the index of the first byte that is not UTF-8; -1 if there is none.
func invalidByte(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

// stringEnd is the length of the JSON string that doc starts with.
func stringEnd(doc []byte) int {
	for n := 1; ; n++ {
		switch doc[n] {
		case '\\':
			n++
		case '"':
			return n + 1
		}
	}
}

// checker walks through valid JSON.
type checker struct {
	path   jsonblob.Path         // of the current value
	keys   []map[string]struct{} // of the open objects; nil for a list
	key    bool                  // the next string is a key
	faults []fault.Detail
}

// token handles one byte outside of strings.
func (c *checker) token(b byte) {
	top := len(c.path) - 1
	switch b {
	case '{', '[':
		c.path = append(c.path, jsonblob.Step{InList: b == '['})
		c.keys = append(c.keys, nil)
		c.key = b == '{'
	case '}', ']':
		c.path, c.keys, c.key = c.path[:top], c.keys[:top], false
	case ',':
		c.path[top].Index++
		c.key = !c.path[top].InList
	}
}

// text checks the inside of a string.
func (c *checker) text(raw []byte) {
	key := c.key
	c.key = false
	top := len(c.path) - 1
	name := ""
	if key {
		name = unquote(raw)
		c.path[top].Name = jsonblob.KeyName(raw)
	}
	switch {
	case !utf8.Valid(raw):
		c.add(NotUTF8)
	case hasHalfPair(raw):
		c.add(surrogate)
	case key:
		if c.keys[top] == nil {
			c.keys[top] = map[string]struct{}{}
		}
		if _, twice := c.keys[top][name]; twice {
			c.add(keyTwice)
		}
		c.keys[top][name] = struct{}{}
	}
}

func (c *checker) add(message string) {
	c.faults = append(c.faults, fault.Detail{Location: c.path.Location(), Message: message})
}

func unquote(raw []byte) (s string) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	_ = json.Unmarshal([]byte(`"`+string(raw)+`"`), &s) // it is valid JSON
	return s
}

// hasHalfPair reports whether a string has an escape that is half of a surrogate pair.
func hasHalfPair(raw []byte) bool {
	high := false // the character before is the first half of a pair
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			break
		}
		if i > 0 && high {
			return true
		}
		raw = raw[i:]
		second := false
		if raw[1] != 'u' {
			raw = raw[2:]
		} else {
			d, e := raw[2]|0x20, raw[3]|0x20
			isHigh := d == 'd' && ('8' <= e && e <= '9' || 'a' <= e && e <= 'b')
			second = d == 'd' && 'c' <= e && e <= 'f'
			raw = raw[6:]
			if isHigh {
				if high {
					return true
				}
				high = true
				continue
			}
		}
		if second != high {
			return true
		}
		high = false
	}
	return high
}
