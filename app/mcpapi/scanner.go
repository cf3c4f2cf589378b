package mcpapi

import (
	"bytes"
	"encoding/json"
)

// scanner extracts the id and the method of a JSON-RPC message from the bytes
// given to Write, in constant memory. Both may come after parameters of any
// length. It tracks only strings and nesting; the server validates the JSON.
type scanner struct {
	messages []message // one, or the objects of a batch, up to maxMessages
	surplus  bool      // the open object exceeds maxMessages and is not recorded

	depth  int  // of open containers
	base   int  // the depth of a message's members: 1, in a batch 2
	object bool // the container at that depth is an object
	ended  bool // the top-level value is complete; later bytes are ignored
	quoted bool // inside a string
	escape bool // after a backslash in a string

	target target
	name   string // the last member name
	kept   []byte // the text of the target
	long   bool   // the target is longer than maxKept and is ignored
}

type message struct {
	id     json.RawMessage // the raw string or number, else nil
	method string          // empty if there is none
}

// call reports whether a message is a request, which must be answered.
func (m message) call() bool { return m.method != "" && m.id != nil }

// target is the part of the text that the scanner keeps.
type target int

const (
	nothing target = iota
	memberName
	idValue
	methodValue
	otherValue
)

const (
	maxKept     = 1 << 10 // bytes of a member name, an id or a method
	maxMessages = 1000    // of a batch
)

// Write implements [io.Writer]; it never fails.
func (s *scanner) Write(p []byte) (int, error) {
	for left := p; len(left) > 0 && !s.ended; {
		n := 1
		if s.quoted {
			n = s.inString(left)
		} else {
			s.token(left[0])
		}
		left = left[n:]
	}
	return len(p), nil
}

// inString consumes the bytes of the open string and returns their number.
func (s *scanner) inString(p []byte) int {
	n := 0
	for ; n < len(p) && s.quoted; n++ {
		switch {
		case s.escape:
			s.escape = false
		case p[n] == '\\':
			s.escape = true
		case p[n] == '"':
			s.quoted = false
		}
	}
	s.keep(p[:n])
	if !s.quoted && s.target == memberName {
		s.name, s.target = "", nothing
		if !s.long {
			_ = json.Unmarshal(s.kept, &s.name) // an invalid name is neither id nor method
		}
	}
	return n
}

// token consumes one byte outside of strings.
func (s *scanner) token(c byte) {
	member := s.object && s.depth == s.base // directly inside a message
	switch {
	case c == '"':
		s.quoted = true
		if member && s.target == nothing {
			s.begin(memberName)
		}
	case c == '{' || c == '[':
		s.open(c)
	case c == '}' || c == ']':
		if member {
			s.end()
			s.object = false
		}
		s.depth--
		s.ended = s.depth <= 0
	case member && c == ':' && s.target == nothing:
		switch s.name {
		case "id":
			s.begin(idValue)
		case "method":
			s.begin(methodValue)
		default:
			s.target = otherValue
		}
		return
	case member && c == ',':
		s.end()
		return
	}
	s.keep([]byte{c})
}

func (s *scanner) open(c byte) {
	s.depth++
	if s.depth == 1 {
		s.base = 1
		if c == '[' {
			s.base = 2
		}
	}
	if s.depth == s.base && c == '{' {
		s.object, s.target = true, nothing
		if s.surplus = len(s.messages) == maxMessages; !s.surplus {
			s.messages = append(s.messages, message{})
		}
	}
}

// begin starts keeping the text of a target.
func (s *scanner) begin(t target) { s.target, s.kept, s.long = t, s.kept[:0], false }

func (s *scanner) keep(p []byte) {
	switch {
	case s.target == nothing || s.target == otherValue || s.long:
	case len(s.kept)+len(p) > maxKept:
		s.long = true
	default:
		s.kept = append(s.kept, p...)
	}
}

// end ends a member. Of duplicate names the last one counts, as in encoding/json.
func (s *scanner) end() {
	if t := s.target; (t == idValue || t == methodValue) && !s.surplus {
		m, value := &s.messages[len(s.messages)-1], bytes.TrimSpace(s.kept)
		switch {
		case t == methodValue:
			m.method = ""
			if !s.long {
				_ = json.Unmarshal(value, &m.method) // a value that is not a string is no method
			}
		case !s.long && json.Valid(value) && (value[0] == '"' || value[0] == '-' || value[0] >= '0' && value[0] <= '9'):
			m.id = bytes.Clone(value)
		default:
			m.id = nil
		}
	}
	s.target = nothing
}
