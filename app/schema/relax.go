package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/jsonblob"
	"aigc/app/strictjson"
)

// Relax is for values as language models write them: it converts as [Schema.Parse] does,
// and a number where the schema has text becomes text. What cannot be converted is kept,
// so that Parse reports it.
func (s *Schema) Relax(raw json.RawMessage) json.RawMessage {
	if jsonblob.RequestLimits.Check(raw) != nil || len(strictjson.Check(raw)) > 0 {
		return raw // encoding it again would hide what Parse has to report
	}
	input, err := object(raw)
	if err != nil {
		return raw
	}
	out, err := canonical(relaxer{numbersAsText: true}.relax(s.root, input))
	if err != nil {
		return raw // not expected: the input was decoded from JSON
	}
	return out
}

// relaxer converts values that mean the same as one of the schema's type:
//   - Text where the schema has a number, a boolean, a list or an object is parsed, and
//     0 and 1 are booleans.
//   - One value where the schema has a list becomes a list of one, and a list of one
//     where it has one value becomes that value. Several images where it has one become
//     further images, if the input has a list for them.
//   - An empty text, or an empty list, of an optional field that cannot hold it is left
//     out; so is an empty text in a list.
//   - A text that is spelled differently from an allowed value becomes that value; see
//     [node.spell].
//   - A ratio in size becomes aspect_ratio, if only that can hold it.
//
// Nothing else is given a meaning: "null" and "none" are texts like any other.
type relaxer struct{ numbersAsText bool }

func (r relaxer) relax(n *node, v any) any {
	if text, isText := v.(string); isText {
		v = n.parseText(text)
	}
	if list, isList := v.([]any); isList && len(list) == 1 && n.single() {
		return r.relax(n, list[0])
	}
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		if n.schema.Type == huma.TypeString {
			return n.spell(v)
		}
	case json.Number:
		switch {
		case n.schema.Type == huma.TypeString && r.numbersAsText:
			return n.spell(string(v))
		case n.schema.Type == huma.TypeBoolean && (v == "0" || v == "1"):
			return v == "1"
		}
	case map[string]any:
		if n.schema.Type == huma.TypeObject {
			r.object(n, v)
			return v
		}
	case []any:
		if n.schema.Type == huma.TypeArray {
			return r.list(n, v)
		}
		return v
	}
	if n.schema.Type == huma.TypeArray {
		return r.list(n, []any{v})
	}
	return v
}

// single reports whether the schema has one value of a known type.
func (n *node) single() bool { return n.schema.Type != "" && n.schema.Type != huma.TypeArray }

func (r relaxer) list(n *node, list []any) []any {
	if !n.items.allowsEmpty() {
		list = slices.DeleteFunc(list, isBlank)
	}
	for i := range list {
		list[i] = r.relax(n.items, list[i])
	}
	return list
}

func (r relaxer) object(n *node, m map[string]any) {
	for name, v := range m {
		p, known := n.props[name]
		if !known && n.values != nil {
			p, known = n.values, true
		}
		if !known {
			continue
		}
		m[name] = r.relax(p, v)
		if _, isProperty := n.props[name]; isProperty && !n.required[name] && p.isLeftOut(m[name], n.defaults[name]) {
			delete(m, name)
		}
	}
	n.moveImages(m)
	n.moveRatio(m)
}

// isLeftOut reports whether v is a way to leave an optional field out.
func (n *node) isLeftOut(v, byDefault any) bool {
	list, isList := v.([]any)
	none := isList && len(list) == 0 && (n.single() || n.schema.Type == huma.TypeArray && byDefault == nil)
	return none || isBlank(v) && !n.allowsEmpty()
}

func isBlank(v any) bool {
	text, isText := v.(string)
	return isText && strings.TrimSpace(text) == ""
}

// allowsEmpty reports whether "" is a value of its own and not a way to leave a field out.
func (n *node) allowsEmpty() bool {
	s := n.schema
	return s.Type == "" || s.Type == huma.TypeString && !n.image && s.Pattern == "" && (s.MinLength == nil || *s.MinLength == 0) && (len(s.Enum) == 0 || slices.Contains(s.Enum, any("")))
}

// parseText parses a text where the schema has another type, and a list where it has an
// image; it returns the text if that is not possible.
func (n *node) parseText(text string) any {
	trimmed := strings.TrimSpace(text)
	if jsonblob.RequestLimits.Check([]byte(trimmed)) != nil || len(strictjson.Check([]byte(trimmed))) > 0 {
		return text // too much, or decoding would change it
	}
	isList := strings.HasPrefix(trimmed, "[") && json.Valid([]byte(trimmed))
	switch {
	case n.schema.Type == huma.TypeArray || n.image:
		if !isList {
			return text // one element
		}
		return decode(text, json.RawMessage(trimmed))
	case n.schema.Type == huma.TypeString || n.schema.Type == "":
		return text
	}
	return decode(text, n.fromText(text))
}

// decode returns what was parsed from text as it would be decoded from JSON.
func decode(text string, parsed any) any {
	raw, err := json.Marshal(parsed)
	if err != nil {
		return text
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return text
	}
	return out
}

// moveImages moves several images in a field for one, "image", to the front of the
// field for a list of them, "images": agents and OpenAI's clients send them so.
func (n *node) moveImages(m map[string]any) {
	for name, v := range m {
		list, isList := v.([]any)
		if !isList || len(list) < 2 || n.props[name] == nil || !n.props[name].image {
			continue
		}
		more := n.props[name+"s"]
		if more == nil || more.items == nil || !more.items.image {
			continue
		}
		others, isList := m[name+"s"].([]any)
		if m[name+"s"] == nil || isList {
			m[name+"s"] = slices.Concat(list, others)
			delete(m, name)
		}
	}
}
