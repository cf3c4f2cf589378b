package media

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
)

// Limits of an SVG. The decoder holds one tag or text at a time, and of the open elements
// their names and namespaces.
const (
	maxTag        = 64 << 10  // bytes of a tag
	maxAttributes = 256       // of a tag
	maxText       = 1 << 20   // bytes of a text, a comment or anything else that is no tag
	maxDepth      = 256       // nested elements
	maxOpenTags   = 256 << 10 // bytes of the tags of the open elements
	maxElements   = 250_000
)

var errTooComplex = errors.New("beyond the limits of SVGs")

// tokenReader reads a document byte by byte for [xml.Decoder], which then does not read
// ahead: so it knows what the decoder is about to hold, and fails with errTooComplex
// before that is too much.
type tokenReader struct {
	r          *bufio.Reader
	state      func(*tokenReader, byte)
	last       byte
	size       int // bytes of the token
	limit      int
	attributes int
	quote      byte // of the open attribute's value; 0: none is open
}

// begin must be called before each token. After a text the decoder has read the bracket
// of the next tag already.
func (t *tokenReader) begin() {
	*t = tokenReader{r: t.r, last: t.last, state: (*tokenReader).start, limit: maxText}
	if t.last == '<' {
		t.state = (*tokenReader).opened
	}
}

// ReadByte implements [io.ByteReader].
func (t *tokenReader) ReadByte() (byte, error) {
	b, err := t.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if t.state != nil {
		t.state(t, b)
	}
	if t.size++; t.size > t.limit || t.attributes > maxAttributes {
		return 0, errTooComplex
	}
	t.last = b
	return b, nil
}

// Read implements [io.Reader]; the decoder does not call it.
func (t *tokenReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

func (t *tokenReader) start(b byte) {
	t.state = nil // a text
	if b == '<' {
		t.state = (*tokenReader).opened
	}
}

func (t *tokenReader) opened(b byte) {
	t.state = nil // a comment, CDATA, a directive or a processing instruction
	if b != '!' && b != '?' {
		t.state, t.limit = (*tokenReader).tag, maxTag
	}
}

func (t *tokenReader) tag(b byte) {
	switch {
	case t.quote != 0:
		if b == t.quote {
			t.quote = 0
		}
	case b == '"' || b == '\'':
		t.quote = b
	case b == '=':
		t.attributes++
	}
}

// openTags are the sizes of the tags of the open elements.
type openTags struct {
	sizes    []int64
	total    int64
	elements int // open or not
}

// add adds or removes the tag of a token of a size.
func (o *openTags) add(tok xml.Token, size int64) error {
	switch tok.(type) {
	case xml.StartElement:
		o.sizes, o.total, o.elements = append(o.sizes, size), o.total+size, o.elements+1
		if len(o.sizes) > maxDepth || o.total > maxOpenTags || o.elements > maxElements {
			return errTooComplex
		}
	case xml.EndElement:
		last := len(o.sizes) - 1 // the decoder has checked that it is open
		o.sizes, o.total = o.sizes[:last], o.total-o.sizes[last]
	}
	return nil
}

// svgEnds reports whether a file ends with the end tag of svg and white space.
func svgEnds(s *source) bool {
	n := min(s.size, int64(len(s.buf)))
	tail, err := s.at(s.size-n, int(n))
	return err == nil && bytes.HasSuffix(bytes.TrimSpace(tail), []byte("</svg>"))
}
