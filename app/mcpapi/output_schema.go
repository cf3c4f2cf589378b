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

// The schemas of structured contents. Clients check an error's against the
// same schema as a result's, so each describes both, and asks only for what
// both have.
var (
	taskOutput   = output[service.View]("charged")
	pageOutput   = output[service.Page]()
	modelsOutput = output[models]()
	quoteOutput  = output[service.Quote]()
	assetOutput  = output[service.AssetView]()

	uploadSchema = schema.New(reflect.TypeFor[uploadInput]())
)

// meanings say of some fields what their names do not.
var meanings = map[string]string{
	"task_id":   "For wait_for_task and get_task. Null in an error where no task was made.",
	"status":    "queued, submitting, running, storing, succeeded, in_doubt, failed or canceled.",
	"charged":   "Whether the vendor was paid: no, yes or unknown.",
	"code":      "In an error: what went wrong, stable.",
	"retryable": "In an error: whether another try may help.",
	"outcome":   "Of cancel_task: canceled, vendor_told or too_late.",
}

// output describes a T, or a [failure] in its place.
func output[T any](required ...string) json.RawMessage {
	s, f := describe[T](), describe[failure]()
	if s.Properties["status"] != nil {
		s.Properties["outcome"] = &jsonschema.Schema{Type: "string"}
	}
	for name, p := range f.Properties {
		if s.Properties[name] == nil || p.AnyOf != nil { // where both have it, the failure's may be null
			s.Properties[name] = p
		}
	}
	for name, p := range s.Properties {
		if m := meanings[name]; m != "" {
			p.Description = m
		}
	}
	s.Required = required
	return encode(s)
}

func describe[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[json.RawMessage](): {Type: "object"}, // see [call.view]
	}})
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	plain(s)
	return s
}

// plain says it so that most clients understand. Objects may grow: what a later
// version adds must not choke anybody. Lists and what is in them are never
// null, and neither is what is left out when empty; what else may be null has
// two branches of one type each.
func plain(s *jsonschema.Schema) {
	s.AdditionalProperties, s.PropertyOrder = nil, nil
	for name, p := range s.Properties {
		if null := single(p); null && p.Type != "array" && slices.Contains(s.Required, name) {
			s.Properties[name] = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{p, {Type: "null"}}}
		}
	}
	if s.Items != nil {
		single(s.Items)
	}
}

// single gives a schema one type, and says whether null was another.
func single(p *jsonschema.Schema) (null bool) {
	plain(p)
	rest := slices.DeleteFunc(slices.Clone(p.Types), func(t string) bool { return t == "null" })
	if len(rest) == 1 {
		p.Type, p.Types = rest[0], nil
		return true
	}
	return false
}
