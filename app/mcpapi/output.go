package mcpapi

import (
	"encoding/json"
	"fmt"
	"reflect"

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
	for name, p := range f.Properties {
		// Where both have it, the failure's may be null.
		if known := s.Properties[name]; known == nil || p.Type == "" {
			s.Properties[name] = p
		}
	}
	if s.Properties["status"] != nil {
		s.Properties["outcome"] = &jsonschema.Schema{Type: "string"}
	}
	for name, p := range s.Properties {
		p.Description = meanings[name]
	}
	relax(s)
	s.Required = required
	return encode(s)
}

func describe[T any]() *jsonschema.Schema {
	s, err := jsonschema.For[T](&jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		// Anything; but a bare true is not what all clients take for a schema.
		reflect.TypeFor[json.RawMessage](): {Types: []string{"null", "boolean", "object", "array", "number", "string"}},
	}})
	if err != nil {
		panic(fmt.Sprintf("mcpapi: %v", err))
	}
	return s
}

// relax lets objects grow: a client must not choke on what a later version adds.
func relax(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	s.AdditionalProperties, s.PropertyOrder = nil, nil
	for _, p := range s.Properties {
		relax(p)
	}
	relax(s.Items)
}
