package schema

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/strictjson"
)

// Relax converts values as language models write them to the types of the schema: a
// string where the schema has a number, a boolean, a list or an object is parsed, a
// number where it has a string becomes text, a single value where it has a list becomes a
// list of one, and an empty string in an optional field, which the field's enum or
// pattern does not allow, is left out. What cannot be converted is kept, so that
// [Schema.Parse] reports it.
func (s *Schema) Relax(raw json.RawMessage) json.RawMessage {
	input, err := object(raw)
	if err != nil {
		return raw
	}
	out, err := canonical(s.root.relax(input))
	if err != nil {
		return raw // not expected: the input was decoded from JSON
	}
	return out
}

func (n *node) relax(v any) any {
	if text, isText := v.(string); isText && n.schema.Type != huma.TypeString {
		v = n.parseText(text)
	}
	switch v := v.(type) {
	case map[string]any:
		switch n.schema.Type {
		case huma.TypeObject:
			n.relaxObject(v)
			return v
		case huma.TypeArray:
			return []any{n.items.relax(v)}
		}
	case []any:
		if n.schema.Type == huma.TypeArray {
			for i := range v {
				v[i] = n.items.relax(v[i])
			}
		}
		return v
	case nil:
		return nil
	case json.Number:
		if n.schema.Type == huma.TypeString {
			return string(v)
		}
	}
	if n.schema.Type == huma.TypeArray {
		return []any{n.items.relax(v)}
	}
	return v
}

func (n *node) relaxObject(m map[string]any) {
	for name, v := range m {
		p, known := n.props[name]
		switch {
		case !known:
		case v == "" && !n.required[name] && !p.allowsEmpty():
			delete(m, name)
		default:
			m[name] = p.relax(v)
		}
	}
}

// allowsEmpty reports whether "" is a value of its own and not a way to leave a field out.
func (n *node) allowsEmpty() bool {
	s := n.schema
	return s.Type == huma.TypeString && !n.image && s.Pattern == "" && (s.MinLength == nil || *s.MinLength == 0) && (len(s.Enum) == 0 || slices.Contains(s.Enum, any("")))
}

// parseText parses a string where the schema has another type; it returns the string if
// that is not possible.
func (n *node) parseText(text string) any {
	trimmed := strings.TrimSpace(text)
	if len(strictjson.Check([]byte(trimmed))) > 0 {
		return text // decoding would change it
	}
	if n.schema.Type == huma.TypeArray && !strings.HasPrefix(trimmed, "[") {
		return text // one element
	}
	parsed := n.fromText(text)
	if n.schema.Type == huma.TypeArray && json.Valid([]byte(trimmed)) {
		parsed = json.RawMessage(trimmed)
	}
	raw, err := json.Marshal(parsed)
	if err != nil {
		return text
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return text
	}
	return v
}
