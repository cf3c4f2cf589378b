package cli

import (
	"encoding/json"
	"errors"
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

// operations returns the operations of a module, the primary one first.
func operations(h *module.Registry, name string) []operation {
	var out []operation
	primary := h.Primary(name)
	for _, e := range h.Operations() {
		if e.Module.Name != name {
			continue
		}
		op := operation{e, schema.New(e.Input)}
		if e == primary {
			out = slices.Insert(out, 0, op)
		} else {
			out = append(out, op)
		}
	}
	return out
}

// fieldFlag is the flag of an input field. It collects the texts that were given;
// the schema converts them to values.
type fieldFlag struct {
	schema.Field
	flag  string // without the dashes
	texts []string
}

// String implements [pflag.Value]. It is empty: usageText shows the default.
func (f *fieldFlag) String() string { return "" }

// Set implements [pflag.Value]. The flag of a list may be given several times.
func (f *fieldFlag) Set(text string) error {
	if !f.Many && len(f.texts) > 0 {
		return errors.New("it may be given only once")
	}
	f.texts = append(f.texts, text)
	return nil
}

// Type implements [pflag.Value]: the placeholder of the value in help.
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

// usageText is the field's description with its default and, if Type omits them, the
// allowed values.
func (f *fieldFlag) usageText() string {
	s := strings.TrimSuffix(f.Doc, schema.ImageDoc) // Type shows it
	s = strings.ReplaceAll(strings.TrimRight(s, ". "), "`", "'")
	if len(f.Enum) > 6 {
		s += "; one of " + strings.Join(f.Enum, ", ")
	}
	if f.Default != nil {
		s += fmt.Sprintf(" (default %v)", f.Default)
	}
	return s
}

// kebab converts a field's name to a flag's.
func kebab(field string) string { return strings.ReplaceAll(field, "_", "-") }

// fieldFlags adds flags for the fields of all operations of a module. A field whose
// name is a flag of the command already becomes --field-NAME.
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

// findOperation returns the operation that --operation names; for "" the primary one.
func findOperation(ops []operation, name string) (operation, error) {
	var known []string
	for _, op := range ops {
		if name == "" || name == op.Operation.Name || name == op.Kind() {
			return op, nil
		}
		known = append(known, op.Operation.Name)
	}
	return operation{}, usage("there is no operation %q; use one of: %s", name, strings.Join(known, ", "))
}

// chooseOperation returns the operation that --operation names. Without it, the primary
// one; but if that one lacks a field that the flags or the JSON of --input set, and
// exactly one other has them all, the other: --image selects an edit.
func chooseOperation(ops []operation, name string, fields map[string]*fieldFlag, document []byte) (operation, error) {
	op, err := findOperation(ops, name)
	if err != nil || name != "" {
		return op, err
	}
	var input map[string]json.RawMessage
	_ = json.Unmarshal(document, &input) // buildInput reports what is no object
	for name, f := range fields {
		if len(f.texts) > 0 {
			if input == nil {
				input = map[string]json.RawMessage{}
			}
			input[name] = nil
		}
	}
	var able []operation
	for _, o := range ops {
		if hasFields(o, input) {
			able = append(able, o)
		}
	}
	if len(able) == 1 {
		return able[0], nil
	}
	return op, nil
}

func hasFields(op operation, input map[string]json.RawMessage) bool {
	for name := range input {
		if _, ok := op.Field(name); !ok {
			return false
		}
	}
	return true
}

var location = regexp.MustCompile(`^(?:body|query)\.([a-z0-9_]+)(.*)$`)

// flagOf converts the location of a fault to the flag that sets the field.
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
