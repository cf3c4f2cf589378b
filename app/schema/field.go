package schema

import (
	"fmt"

	"github.com/danielgtaylor/huma/v2"
)

// Field is one property of an input, for command line flags, forms and documentation.
type Field struct {
	Name     string
	Type     string // string, integer, number, boolean or object; of a list, the type of its elements
	Doc      string
	Default  any      // string, bool, json.Number, float64 or a list of them; nil: none
	Enum     []string // allowed values as text; nil: any value
	Minimum  *float64
	Maximum  *float64
	Required bool
	Image    bool // a provider.ImageRef, or a list of them
	Many     bool // a list
}

// Fields are the properties of the input in the order of the struct.
func (s *Schema) Fields() []Field { return s.fields }

// Field finds a property by its name.
func (s *Schema) Field(name string) (Field, bool) {
	i, ok := s.byName[name]
	if !ok {
		return Field{}, false
	}
	return s.fields[i], true
}

func (n *node) field(name string, in *node) Field {
	own := in.schema.Properties[name] // may be a reference with a description
	f := Field{Name: name, Doc: own.Description, Default: in.defaults[name], Required: in.required[name]}
	if f.Doc == "" {
		f.Doc = n.schema.Description
	}
	if n.schema.Type == huma.TypeArray {
		f.Many, n = true, n.items
	}
	f.Type, f.Image = n.schema.Type, n.image
	f.Minimum, f.Maximum = n.schema.Minimum, n.schema.Maximum
	for _, e := range n.schema.Enum {
		f.Enum = append(f.Enum, fmt.Sprint(e))
	}
	return f
}
