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
// the fields that both have.
var (
	taskOutput   = outputSchema[service.View]("charged")
	pageOutput   = outputSchema[service.Page]()
	modelsOutput = outputSchema[models]()
	quoteOutput  = outputSchema[service.Quote]()
	assetOutput  = outputSchema[service.AssetView]()

	uploadSchema = schema.New(reflect.TypeFor[uploadInput]())
)

// fieldDocs are the descriptions of fields whose names do not explain them.
var fieldDocs = map[string]string{
	"task_id":   "Pass it to wait_for_task or get_task. Null in an error without a task.",
	"status":    "queued, submitting, running, storing, succeeded, in_doubt, failed or canceled.",
	"charged":   "Whether the vendor was paid: no, yes or unknown.",
	"code":      "In an error: a stable code of what went wrong.",
	"retryable": "In an error: whether repeating the call may help.",
	"outcome":   "Only from cancel_task: canceled, vendor_notified or too_late.",
}

// outputSchema describes a T or a [toolError].
func outputSchema[T any](required ...string) json.RawMessage {
	s, f := schemaOf[T](), schemaOf[toolError]()
	if s.Properties["status"] != nil {
		s.Properties["outcome"] = &jsonschema.Schema{Type: "string"}
	}
	for name, p := range f.Properties {
		if s.Properties[name] == nil || p.AnyOf != nil { // in both: the error's may be null
			s.Properties[name] = p
		}
	}
	for name, p := range s.Properties {
		if m := fieldDocs[name]; m != "" {
			p.Description = m
		}
	}
	s.Required = required
	return encode(s)
}

func schemaOf[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[json.RawMessage](): {Type: "object"}, // see [call.recordTask]
	}})
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	simplify(s)
	return s
}

// simplify rewrites a schema to the subset that most clients support. Additional
// properties are allowed, so that fields of later versions do not break a client
// that validates. Lists, their items and omitempty fields are never null; any
// other nullable field is an anyOf of two branches with one type each.
func simplify(s *jsonschema.Schema) {
	s.AdditionalProperties, s.PropertyOrder = nil, nil
	for name, p := range s.Properties {
		if null := singleType(p); null && p.Type != "array" && slices.Contains(s.Required, name) {
			s.Properties[name] = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{p, {Type: "null"}}}
		}
	}
	if s.Items != nil {
		singleType(s.Items)
	}
}

// singleType removes null from the types of a schema and reports whether it was
// there with exactly one other type.
func singleType(p *jsonschema.Schema) (null bool) {
	simplify(p)
	types := slices.DeleteFunc(slices.Clone(p.Types), func(t string) bool { return t == "null" })
	if len(types) == 1 {
		p.Type, p.Types = types[0], nil
		return true
	}
	return false
}
