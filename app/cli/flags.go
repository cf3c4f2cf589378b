package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"aigc/app/module"
	"aigc/app/schema"
)

// operation is a declared operation with its compiled schema.
type operation struct {
	*module.Registered
	*schema.Schema
}

// operations are those of a module, the main one first.
func operations(h *module.Registry, name string) []operation {
	var out []operation
	main := h.Primary(name)
	for _, e := range h.Operations() {
		if e.Module.Name != name {
			continue
		}
		op := operation{e, schema.New(e.Input)}
		if e == main {
			out = slices.Insert(out, 0, op)
		} else {
			out = append(out, op)
		}
	}
	return out
}

// fieldFlag is the flag of an input's field. It keeps texts; the schema makes
// values of them.
type fieldFlag struct {
	schema.Field
	flag  string // its name on the command line
	texts []string
}

// String is the default, as help shows it.
func (f *fieldFlag) String() string { return "" }

// Set takes one value; those of a list are given one by one.
func (f *fieldFlag) Set(text string) error {
	if !f.Many && len(f.texts) > 0 {
		return fmt.Errorf("it takes one value")
	}
	f.texts = append(f.texts, text)
	return nil
}

// Type is what help shows for the value.
func (f *fieldFlag) Type() string {
	t := f.Field.Type
	switch {
	case f.Image:
		t = "file|url|asset"
	case len(f.Enum) > 0 && len(f.Enum) <= 6:
		t = strings.Join(f.Enum, "|")
	case t == "object":
		t = "json"
	case t == "boolean":
		t = "true|false"
	}
	if f.Many {
		t += ", repeated"
	}
	return t
}

// usageText is the field's prose with what a flag's type does not show.
func (f *fieldFlag) usageText() string {
	s := strings.TrimSuffix(f.Doc, schema.ImageDoc) // the type of the flag says it
	s = strings.ReplaceAll(strings.TrimRight(s, ". "), "`", "'")
	if len(f.Enum) > 6 {
		s += "; one of " + strings.Join(f.Enum, ", ")
	}
	if f.Default != nil {
		s += fmt.Sprintf(" (default %v)", f.Default)
	}
	return s
}

// kebab is the flag of a field.
func kebab(field string) string { return strings.ReplaceAll(field, "_", "-") }

// fieldFlags adds the fields of all operations of a module to a command. A
// field that has the name of a flag of ours becomes --field-NAME.
func fieldFlags(flags *pflag.FlagSet, ops []operation) map[string]*fieldFlag {
	out := map[string]*fieldFlag{}
	for _, op := range ops {
		for _, field := range op.Fields() {
			if out[field.Name] != nil {
				continue
			}
			name := kebab(field.Name)
			if flags.Lookup(name) != nil {
				name = "field-" + name
			}
			f := &fieldFlag{Field: field, flag: name}
			flags.Var(f, name, f.usageText())
			if field.Type == "boolean" && !field.Many {
				flags.Lookup(name).NoOptDefVal = "true"
			}
			out[field.Name] = f
		}
	}
	return out
}

// choose finds the operation that --operation names; the main one for none.
func choose(ops []operation, name string) (operation, error) {
	var known []string
	for _, op := range ops {
		if name == "" || name == op.Operation.Name || name == op.Kind() {
			return op, nil
		}
		known = append(known, op.Operation.Name)
	}
	return operation{}, usage("there is no operation %q; there are: %s", name, strings.Join(known, ", "))
}

var location = regexp.MustCompile(`^(?:body|query)\.([a-z0-9_]+)(.*)$`)

// flagOf turns the place of a fault into the flag that it came from.
func flagOf(place string) string {
	m := location.FindStringSubmatch(place)
	if m == nil {
		if place == "body" {
			return "the input"
		}
		return place
	}
	return "--" + kebab(m[1]) + m[2]
}
