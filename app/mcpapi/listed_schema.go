package mcpapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/schema"
)

// The schemas in tools/list are short, since an agent reads them in every
// conversation, and use only keywords that all common SDKs support: no
// additionalProperties, $ref, anyOf, format and pattern, and no enum of integers.
// The arguments of a call are checked by the complete schema.

// CreateToolBudget is the maximum size of a listed creation tool for a model, in
// bytes: its name, description and input schema. Fields that do not fit are not
// listed. A test in modules measures the whole list.
const CreateToolBudget = 1300

// The descriptions of a creation tool's fields are cut to maxFieldDoc bytes, and
// further down to minFieldDoc if not all fields of fieldOrder fit into the budget.
const (
	maxFieldDoc  = 80
	minFieldDoc  = 40
	fieldDocStep = 5
)

// anyImage stands in fieldOrder for the input images that it does not name.
const anyImage = "*image"

// fieldOrder is the order in which the fields of a creation tool are listed, after
// those that are required and before all others, which follow in the order of the
// input struct.
var fieldOrder = []string{
	"prompt", "idempotency_key", "model", "image", "images", anyImage, "mask", "strength", "n", "size", "aspect_ratio", "resolution",
	"duration_seconds", "duration", "negative_prompt", "quality", "style", "seed", "output_format",
}

// plainFields are the fields of fieldOrder that need no description.
var plainFields = []string{"prompt", "model", "aspect_ratio", "resolution", "negative_prompt", "quality", "seed", "output_format"}

// listedProperty is a property of a listed input schema.
type listedProperty struct {
	Type        string          `json:"type"`
	Items       *listedProperty `json:"items,omitempty"`
	Enum        []string        `json:"enum,omitempty"`
	Minimum     *float64        `json:"minimum,omitempty"`
	Maximum     *float64        `json:"maximum,omitempty"`
	Description string          `json:"description,omitempty"`
}

// listAll is the listed schema with all fields.
func listAll(fields []schema.Field) json.RawMessage {
	var list listedFields
	for _, f := range fields {
		list.add(f, f.Doc)
	}
	return list.schema()
}

// listWithin is the listed schema with the most useful fields, in at most budget
// bytes unless the required fields are larger. Optional objects are left out: they
// would need $ref or much room.
func listWithin(budget int, fields []schema.Field) json.RawMessage {
	fields = slices.DeleteFunc(slices.Clone(fields), func(f schema.Field) bool {
		return !f.Required && (isObsolete(f) || f.Type == huma.TypeObject)
	})
	slices.SortStableFunc(fields, func(a, b schema.Field) int { return cmp.Compare(listRank(a), listRank(b)) })
	var out json.RawMessage
	for limit := maxFieldDoc; limit >= minFieldDoc; limit -= fieldDocStep {
		var list listedFields
		complete := true
		for _, f := range fields {
			longer := list
			longer.add(f, listedDoc(f, limit))
			if f.Required || len(longer.schema()) <= budget {
				list = longer
			} else {
				complete = complete && listRank(f) == len(fieldOrder)
			}
		}
		if out = list.schema(); complete {
			break
		}
	}
	return out
}

func listedDoc(f schema.Field, limit int) string {
	if slices.Contains(plainFields, f.Name) {
		return ""
	}
	return shorten(strings.TrimRight(strings.TrimSuffix(f.Doc, schema.ImageDoc), ". "), limit)
}

func listRank(f schema.Field) int {
	switch i := slices.Index(fieldOrder, f.Name); {
	case f.Required:
		return -1
	case i >= 0:
		return i
	case f.Image:
		return slices.Index(fieldOrder, anyImage)
	}
	return len(fieldOrder)
}

// isObsolete reports whether a field is only accepted for clients of other services. Its
// doc says so at the beginning.
func isObsolete(f schema.Field) bool {
	return slices.ContainsFunc([]string{"Ignored", "Old name of", "Other name of", "For old clients"}, func(start string) bool { return strings.HasPrefix(f.Doc, start) })
}

// listedFields builds a listed schema whose properties keep their order.
type listedFields struct {
	properties []byte // JSON members with commas
	required   []string
}

func (l *listedFields) add(f schema.Field, doc string) {
	p := listedProperty{Type: f.Type, Enum: f.Enum, Minimum: smallBound(f.Minimum), Maximum: smallBound(f.Maximum)}
	if f.Enum != nil && f.Type != huma.TypeString { // numbers
		p.Enum, p.Minimum, p.Maximum = nil, numberOf(f.Enum[0]), numberOf(f.Enum[0])
		for _, text := range f.Enum {
			v := numberOf(text)
			if *v < *p.Minimum {
				p.Minimum = v
			}
			if *v > *p.Maximum {
				p.Maximum = v
			}
		}
		doc = strings.TrimPrefix(doc+"; one of "+strings.Join(f.Enum, ", "), "; ")
	}
	if f.Many {
		item := p
		p = listedProperty{Type: huma.TypeArray, Items: &item}
	}
	p.Description = strings.ReplaceAll(doc, "/api/models", "list_models") // the MCP name of the model catalogue
	member := append(append(append([]byte{}, compact(f.Name)...), ':'), compact(p)...)
	if len(l.properties) > 0 {
		member = append([]byte{','}, member...)
	}
	l.properties = append(l.properties[:len(l.properties):len(l.properties)], member...)
	if f.Required {
		l.required = append(l.required[:len(l.required):len(l.required)], f.Name)
	}
}

func (l *listedFields) schema() json.RawMessage {
	out := append([]byte(`{"type":"object","properties":{`), l.properties...)
	out = append(out, '}')
	if len(l.required) > 0 {
		out = append(append(out, `,"required":`...), compact(l.required)...)
	}
	return append(out, '}')
}

// smallBound drops the bounds of seeds and the like, which tell an agent nothing.
func smallBound(v *float64) *float64 {
	if v == nil || math.Abs(*v) >= 1e6 {
		return nil
	}
	return v
}

// numberOf parses a value of a numeric enum.
func numberOf(text string) *float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("mcpapi: " + err.Error()) // not expected: huma has parsed it
	}
	return &v
}

// compact marshals without HTML escapes.
func compact(v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("mcpapi: " + err.Error()) // not expected: text and numbers only
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// clauseEnds are the ends of clauses, the best places to cut a text first.
var clauseEnds = []string{"; ", ". ", " (", ": ", ", "}

// shorten cuts a text of more than limit bytes at the last clause within the limit;
// empty if there is none.
func shorten(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for _, end := range clauseEnds {
		if i := strings.LastIndex(s[:limit], end); i > 0 {
			return s[:i]
		}
	}
	return ""
}
