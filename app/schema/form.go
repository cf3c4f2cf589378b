package schema

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// FromForm converts the text fields of a form, or the parameters of a query, to a JSON
// object. Texts are converted to the types of the schema: numbers, booleans, lists
// (repeated fields, fields named "x[]", or a JSON array) and objects (as JSON). An empty
// text of an optional field is left out. A text that cannot be converted stays a string
// and an unknown field is kept, so that [Schema.Parse] reports all faults at once.
func (s *Schema) FromForm(values map[string][]string) (json.RawMessage, error) {
	merged := map[string][]string{}
	for name, texts := range values {
		name = strings.TrimSuffix(name, "[]")
		merged[name] = append(merged[name], texts...)
	}
	out := map[string]any{}
	for name, texts := range merged {
		p, known := s.root.props[name]
		if !known {
			out[name] = true // Parse reports its name
			continue
		}
		if !s.root.required[name] {
			texts = nonEmpty(texts)
		}
		if len(texts) > 0 {
			out[name] = p.fromTexts(texts)
		}
	}
	return canonical(out)
}

func nonEmpty(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

func (n *node) fromTexts(texts []string) any {
	if n.schema.Type != huma.TypeArray {
		if len(texts) == 1 {
			return n.fromText(texts[0])
		}
		return texts // the validator reports that it is a list
	}
	if len(texts) == 1 && strings.HasPrefix(strings.TrimSpace(texts[0]), "[") && json.Valid([]byte(texts[0])) {
		return json.RawMessage(texts[0])
	}
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = n.items.fromText(t)
	}
	return list
}

func (n *node) fromText(text string) any {
	trimmed := strings.TrimSpace(text)
	switch n.schema.Type {
	case huma.TypeInteger:
		if i, err := strconv.ParseInt(trimmed, 10, 64); err == nil {
			return i
		}
		fallthrough // such as 1e3, or more than 64 bits
	case huma.TypeNumber:
		if json.Valid([]byte(trimmed)) && strings.IndexAny(trimmed, "0123456789-") == 0 {
			return json.RawMessage(trimmed)
		}
	case huma.TypeBoolean:
		switch strings.ToLower(trimmed) {
		case "true", "1", "on", "yes":
			return true
		case "false", "0", "off", "no":
			return false
		}
	case huma.TypeObject:
		if strings.HasPrefix(trimmed, "{") && json.Valid([]byte(trimmed)) {
			return json.RawMessage(trimmed)
		}
	}
	return text
}
