package jsonblob

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Path is the place of a value in a JSON document: a step for each object and list that
// it is in, the outermost first.
type Path []Step

// Step is the place of a value in an object or a list.
type Step struct {
	Name   string // its key in the object; a very long one is cut
	Index  int    // in the list, or the number of keys before it
	InList bool
}

// String is the path as text: "images[2]".
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.InList:
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case i > 0:
			b.WriteString("." + s.Name)
		default:
			b.WriteString(s.Name)
		}
	}
	return b.String()
}

// Location is the path as the location of a fault: "body.images[2]".
func (p Path) Location() string {
	if len(p) == 0 || p[0].InList {
		return "body" + p.String()
	}
	return "body." + p.String()
}

// maxKey is the length at which a key in a path is cut, in bytes.
const maxKey = 64

// KeyName is the key whose inside, as it stands in the JSON document, starts with raw.
func KeyName(raw []byte) string {
	name := make([]byte, 0, maxKey)
	for len(name) < maxKey {
		c, size := unescape(raw)
		if size == 0 {
			break
		}
		if size == 1 {
			name = append(name, raw[0])
		} else {
			name = utf8.AppendRune(name, c)
		}
		raw = raw[size:]
	}
	return strings.ToValidUTF8(string(name), "")
}
