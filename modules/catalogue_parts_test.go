package modules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aigc/app/module"
	"aigc/app/schema"
)

// property is a property of an input's JSON schema, or the schema itself.
type property struct {
	Ref         string              `json:"$ref"`
	Type        string              `json:"type"`
	Description string              `json:"description"`
	Enum        []any               `json:"enum"`
	Minimum     *float64            `json:"minimum"`
	Maximum     *float64            `json:"maximum"`
	Items       *property           `json:"items"`
	Properties  map[string]property `json:"properties"`
	Required    []string            `json:"required"`
	Defs        map[string]property `json:"$defs"`
}

func inputDocument(e *module.Registered) (p property) {
	if err := json.Unmarshal(schema.New(e.Input).JSON(), &p); err != nil {
		panic(err) // the schema is generated
	}
	return p
}

// resolve returns the object that p is, refers to or lists, and whether it is a list.
func (doc property) resolve(p property) (object property, list bool) {
	if p.Items != nil {
		p, list = *p.Items, true
	}
	if name, found := strings.CutPrefix(p.Ref, "#/$defs/"); found {
		p.Properties, p.Required = doc.Defs[name].Properties, doc.Defs[name].Required
		p.Type = doc.Defs[name].Type
	}
	return p, list
}

// writeParts writes a row for each property of an object, at any depth.
func (doc property) writeParts(b *strings.Builder, path string, p property) {
	object, list := doc.resolve(p)
	if list {
		path += "[]"
	}
	for _, name := range slices.Sorted(maps.Keys(object.Properties)) {
		part := object.Properties[name]
		in, many := doc.resolve(part)
		kind := in.Type
		if many {
			kind += " list"
		}
		label := "`" + path + "." + name + "`"
		if slices.Contains(object.Required, name) {
			label += " *"
		}
		var allowed string
		switch {
		case in.Enum != nil:
			allowed = strings.Trim(strings.ReplaceAll(fmt.Sprint(in.Enum), " ", ", "), "[]")
		case in.Minimum != nil && in.Maximum != nil:
			allowed = span(*in.Minimum, *in.Maximum)
		}
		fmt.Fprintf(b, "| %s | %s | %s | | %s |\n", label, kind, allowed, part.Description)
		doc.writeParts(b, path+"."+name, part)
	}
}
