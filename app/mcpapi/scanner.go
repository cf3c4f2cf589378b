package mcpapi

import (
	"bytes"
	"encoding/json"
)

// scanner reads the id and the method of a JSON-RPC message while its text
// passes through Write, in memory that does not grow with the text. Either may
// stand behind parameters of any length. It follows strings and nesting alone;
// whether the text is valid JSON is for the server to say.
type scanner struct {
	messages []message // one, or each object of a batch, up to maxMessages
	surplus  bool      // the open object is one too many to be kept

	depth  int  // of open containers
	base   int  // the depth of a message's members: 1, in a batch 2
	object bool // the container at that depth is an object
	ended  bool // the text's one value is complete; what follows is not looked at
	quoted bool // inside a string
	escape bool // behind a backslash in it

	target target
	name   string // the last member name
	kept   []byte // the text of the target
	long   bool   // the target is longer than maxKept and of no use
}

type message struct {
	id     json.RawMessage // a string or number as it is written, else nil
	method string          // empty if there is none
}

// call says whether a message is a request that wants an answer.
func (m message) call() bool { return m.method != "" && m.id != nil }

// target is what the scanner keeps of the text.
type target int

const (
	nothing target = iota
	memberName
	idValue
	methodValue
	otherValue
)

const (
	maxKept     = 1 << 10
	maxMessages = 1000
)

// Write implements [io.Writer]; it never fails.
func (s *scanner) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && !s.ended; {
		n := 1
		if s.quoted {
			n = s.inString(rest)
		} else {
			s.token(rest[0])
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// inString takes what belongs to the open string and returns its length.
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
			_ = json.Unmarshal(s.kept, &s.name) // a name that cannot be read is not one of ours
		}
	}
	return n
}

// token takes one byte outside of strings.
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

// begin starts to keep the text of a target.
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

// end ends a member. Of two with one name the last one counts, as everywhere.
func (s *scanner) end() {
	if t := s.target; (t == idValue || t == methodValue) && !s.surplus {
		m, value := &s.messages[len(s.messages)-1], bytes.TrimSpace(s.kept)
		switch {
		case t == methodValue:
			m.method = ""
			if !s.long {
				_ = json.Unmarshal(value, &m.method) // what is no string is no method
			}
		case !s.long && json.Valid(value) && (value[0] == '"' || value[0] == '-' || value[0] >= '0' && value[0] <= '9'):
			m.id = bytes.Clone(value)
		default:
			m.id = nil
		}
	}
	s.target = nothing
}
