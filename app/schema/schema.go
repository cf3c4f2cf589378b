package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Schema is the compiled form of an input struct. It is safe for concurrent use.
type Schema struct {
	typ    reflect.Type
	reg    huma.Registry
	root   *node
	json   json.RawMessage
	fields []Field
	byName map[string]int
}

const defs = "#/$defs/"

// New compiles the schema of a struct type. It panics on invalid tags, as huma does, and
// on an image that is neither a field of the struct nor in a list of it. Any test that
// mounts the module finds them.
func New(t reflect.Type) *Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	reg := huma.NewMapRegistry(defs, Name)
	root := huma.SchemaFromType(reg, t)
	if root == nil || root.Type != huma.TypeObject {
		panic(fmt.Sprintf("schema: %s is not a struct", t))
	}
	finalize(reg, root, t, map[reflect.Type]bool{})
	s := &Schema{typ: t, reg: reg, byName: map[string]int{}}
	s.root = compile(reg, root, t, map[reflect.Type]*node{})
	s.json = export(reg, root)
	for i, name := range s.root.names {
		if p := s.root.props[name]; p.images && !p.image && (p.items == nil || !p.items.image) {
			panic(fmt.Sprintf("schema: %s.%s contains images, which must be fields of the input itself or lists of them", t, name))
		}
		s.fields = append(s.fields, s.root.props[name].field(name, s.root))
		s.byName[name] = i
	}
	return s
}

// JSON is the self-contained JSON Schema (draft 2020-12) of an object without additional
// properties. The schemas of nested structs are in $defs.
func (s *Schema) JSON() json.RawMessage { return s.json }

// Register adds the schema of t, the same as [Schema.JSON], to the registry of an OpenAPI
// document and returns a reference to it. It leaves out what huma adds to JSON Schema.
func Register(reg huma.Registry, t reflect.Type) *huma.Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	ref := reg.Schema(t, true, "Input")
	finalize(reg, ref, t, map[reflect.Type]bool{})
	standardize(reg, ref, map[*huma.Schema]bool{})
	return ref
}

// standardize removes huma's own keyword patternDescription from a schema and those in
// it, and says that required text needs more than white space: see [cleaner.text].
func standardize(reg huma.Registry, s *huma.Schema, seen map[*huma.Schema]bool) {
	if s = resolve(reg, s); seen[s] {
		return
	}
	seen[s] = true
	s.PatternDescription = ""
	if s.Type == huma.TypeString && s.MinLength != nil && *s.MinLength > 0 && s.Pattern == "" && len(s.Enum) == 0 {
		s.Pattern = `\S`
	}
	for _, p := range s.Properties {
		standardize(reg, p, seen)
	}
	if s.Items != nil {
		standardize(reg, s.Items, seen)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		standardize(reg, values, seen)
	}
}

// RegisterForm is [Register] for multipart forms, where images are documented as files,
// and a list of images as several files with one name. Text is accepted for them, too.
func RegisterForm(reg huma.Registry, t reflect.Type) *huma.Schema {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	form := *resolve(reg, Register(reg, t))
	form.Properties = maps.Clone(form.Properties)
	fields, order := goFields(t)
	for _, name := range order {
		own, described := form.Properties[name]
		ft := deref(fields[name].Type)
		file := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		switch {
		case !described:
		case ft == imageType:
			file.Description = own.Description
			form.Properties[name] = file
		case isList(ft) && deref(ft.Elem()) == imageType:
			list := *own
			list.Items = file
			form.Properties[name] = &list
		}
	}
	return &form
}

// Name is the name of a type in schemas. It begins with the package, so that the input
// struct of each module may be called Input: "GptInput". hint is for types without a
// name.
func Name(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" || t.PkgPath() == "" {
		return name
	}
	pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
	if strings.HasPrefix(strings.ToLower(name), strings.ToLower(pkg)) {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// export marshals the schema with its nested schemas in $defs.
func export(reg huma.Registry, root *huma.Schema) json.RawMessage {
	doc, err := json.Marshal(root)
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	if len(reg.Map()) == 0 {
		return doc
	}
	nested, err := json.Marshal(reg.Map())
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err))
	}
	doc = append(doc[:len(doc)-1], `,"$defs":`...)
	return append(append(doc, nested...), '}')
}
