package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/provider"
)

// node is a schema together with the Go type it was made from.
type node struct {
	schema   *huma.Schema     // not a reference
	kind     reflect.Kind     // of the Go type, without pointers
	image    bool             // it is a provider.ImageRef
	images   bool             // it is or contains a provider.ImageRef
	names    []string         // of properties, in the order of the struct
	props    map[string]*node // by name
	required map[string]bool
	defaults map[string]any // in canonical form
	items    *node          // elements of an array
	values   *node          // values of a map
	pattern  *regexp.Regexp // of a text; nil: any
	open     bool           // additional properties are allowed
}

var imageType = reflect.TypeFor[provider.ImageRef]()

// compile makes the node of a schema and its type. seen holds the nodes of structs so
// far, for recursive types.
func compile(reg huma.Registry, s *huma.Schema, t reflect.Type, seen map[reflect.Type]*node) *node {
	s, t = resolve(reg, s), deref(t)
	if n, ok := seen[t]; ok && t.Kind() == reflect.Struct && s.Type == huma.TypeObject {
		return n
	}
	n := &node{schema: s, kind: t.Kind(), image: t == imageType, pattern: patternOf(s)}
	n.images = n.image
	seen[t] = n
	switch {
	case s.Type == huma.TypeArray:
		n.items = compile(reg, s.Items, t.Elem(), seen)
		n.images = n.items.images
	case s.Type == huma.TypeObject && t.Kind() == reflect.Map:
		n.values = compile(reg, s.AdditionalProperties.(*huma.Schema), t.Elem(), seen)
		n.images = n.values.images
	case s.Type == huma.TypeObject:
		n.object(reg, t, seen)
	}
	return n
}

// object sets the properties of a node from the fields of a struct.
func (n *node) object(reg huma.Registry, t reflect.Type, seen map[reflect.Type]*node) {
	n.props, n.required, n.defaults = map[string]*node{}, map[string]bool{}, map[string]any{}
	n.open, _ = n.schema.AdditionalProperties.(bool)
	for _, name := range n.schema.Required {
		n.required[name] = true
	}
	fields, order := goFields(t)
	for _, name := range order {
		s, described := n.schema.Properties[name]
		if !described {
			panic(fmt.Sprintf("schema: %s.%s is not in the schema; is it in an embedded struct that is not exported?", t, fields[name].Name))
		}
		p := compile(reg, s, fields[name].Type, seen)
		n.names = append(n.names, name)
		n.props[name] = p
		n.images = n.images || p.images
		if s.Default != nil {
			n.defaults[name] = p.defaultValue(s.Default)
		}
	}
}

// defaultValue converts the default of a tag to canonical form.
func (n *node) defaultValue(v any) any {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("schema: default: %v", err))
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		panic(fmt.Sprintf("schema: default: %v", err))
	}
	var c cleaner
	return c.clean(n, out, location{})
}

// goFields are the fields of a struct by their JSON names, and the names in order. As in
// encoding/json, a field of the outer struct hides one of an embedded struct.
func goFields(t reflect.Type) (map[string]reflect.StructField, []string) {
	found, order := map[string]reflect.StructField{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || f.Anonymous && name == "" && deref(f.Type).Kind() == reflect.Struct {
			continue
		}
		if name == "" {
			name = f.Name
		}
		if old, taken := found[name]; taken {
			if len(f.Index) < len(old.Index) {
				found[name] = f
			}
			continue
		}
		found[name] = f
		order = append(order, name)
	}
	return found, order
}

// ImageDoc is the end of the description of every image field.
const ImageDoc = "An http(s) URL, a data URL, base64 or the id of an asset."

// finalize changes the schema that huma made of a type: image fields get [ImageDoc],
// fields with a default are not required, no field is nullable, because a null is the
// same as leaving an optional field out, and no element of a list is.
func finalize(reg huma.Registry, s *huma.Schema, t reflect.Type, seen map[reflect.Type]bool) {
	s, t = resolve(reg, s), deref(t)
	switch {
	case s.Type == huma.TypeArray:
		resolve(reg, s.Items).Nullable = false
		finalize(reg, s.Items, t.Elem(), seen)
	case s.Type == huma.TypeObject && t.Kind() == reflect.Map:
		finalize(reg, s.AdditionalProperties.(*huma.Schema), t.Elem(), seen)
	case s.Type != huma.TypeObject || seen[t]:
		return
	}
	if s.Type != huma.TypeObject || t.Kind() != reflect.Struct {
		return
	}
	seen[t] = true
	fields, order := goFields(t)
	for _, name := range order {
		p, described := s.Properties[name]
		if !described {
			continue
		}
		ft := deref(fields[name].Type)
		p.Nullable = false
		if (ft == imageType || isList(ft) && deref(ft.Elem()) == imageType) && !strings.HasSuffix(p.Description, ImageDoc) {
			if p.Description = strings.TrimRight(p.Description, ". "); p.Description != "" {
				p.Description += ". "
			}
			p.Description += ImageDoc
		}
		finalize(reg, p, ft, seen)
	}
	s.Required = slices.DeleteFunc(s.Required, func(name string) bool { return s.Properties[name].Default != nil })
	s.PrecomputeMessages()
}

func isList(t reflect.Type) bool { return t.Kind() == reflect.Slice || t.Kind() == reflect.Array }

// deref is the type that a pointer type points to.
func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// resolve follows references.
func resolve(reg huma.Registry, s *huma.Schema) *huma.Schema {
	for s.Ref != "" {
		s = reg.SchemaFromRef(s.Ref)
	}
	return s
}
