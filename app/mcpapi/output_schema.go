package mcpapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"

	"aigc/app/schema"
	"aigc/app/service"
)

// The output schemas of tools. Clients validate the structured content of errors
// against them too, so each describes a result and an error, and requires only
// the fields that both have. Each is repeated for every tool with it, so they name
// only the fields that a program needs; other properties are allowed.
var (
	taskOutput   = outputSchema[taskView]([]string{"charged"}, "task_id", "status", "data", "url", "asset_id", "charged", "next", "tool", "arguments")
	pageOutput   = outputSchema[taskPage](nil)
	modelsOutput = outputSchema[models](nil)
	quoteOutput  = outputSchema[service.Quote](nil, "model", "count")
	assetOutput  = outputSchema[service.AssetView](nil, "asset_id", "direct_url")

	uploadSchema = schema.New(reflect.TypeFor[uploadInput]())
)

// outputSchema describes a T, or the code and the message of a [toolError]. Names
// are the properties that are kept, on every level; without names all are.
func outputSchema[T any](required []string, names ...string) json.RawMessage {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[json.RawMessage](): {Type: "object"},
	}})
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	simplify(s, names)
	for _, name := range []string{"code", "message"} {
		s.Properties[name] = &jsonschema.Schema{Type: "string"}
	}
	s.Required = required
	return encode(s)
}

// simplify rewrites a schema to the subset that most clients support: one type
// each, properties that may be absent, and additional properties, so that fields
// of later versions do not break a client that validates. The fields that are kept
// are never null.
func simplify(s *jsonschema.Schema, names []string) {
	s.AdditionalProperties, s.PropertyOrder, s.Required = nil, nil, nil
	types := slices.DeleteFunc(s.Types, func(t string) bool { return t == "null" })
	if len(types) == 1 {
		s.Type, s.Types = types[0], nil
	}
	for name, p := range s.Properties {
		if len(names) > 0 && !slices.Contains(names, name) {
			delete(s.Properties, name)
			continue
		}
		simplify(p, names)
	}
	if s.Items != nil {
		simplify(s.Items, names)
	}
}
