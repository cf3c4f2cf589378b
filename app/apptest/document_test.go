package apptest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"aigc/app/apptest"
)

// document is the OpenAPI document of a running server. Its calls validate each answer:
// the status is documented, the media type and the body are those of the document.
type document struct {
	t          *testing.T
	p          *apptest.Process
	operations map[string]*documented // by operationId
	defs       map[string]any         // component schemas
	responses  map[string]response    // component responses

	mu        sync.Mutex
	succeeded map[string]bool // operations with a success
	resolved  map[string]*jsonschema.Resolved
}

type documented struct {
	Method, Path string
	RequestBody  struct {
		Content map[string]struct {
			Schema  map[string]any
			Example map[string]any
		}
	}
	Responses map[string]response
}

type response struct {
	Ref     string `json:"$ref"`
	Headers map[string]any
	Content map[string]struct{ Schema any }
}

func readDocument(t *testing.T, p *apptest.Process) *document {
	t.Helper()
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas   map[string]any
			Responses map[string]response
		}
	}
	if err := json.Unmarshal(p.Do("GET", "/openapi.json", "").Body, &doc); err != nil {
		t.Fatal(err)
	}
	d := &document{t: t, p: p, operations: map[string]*documented{}, defs: doc.Components.Schemas, responses: doc.Components.Responses, succeeded: map[string]bool{}, resolved: map[string]*jsonschema.Resolved{}}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			o := &documented{Method: strings.ToUpper(method), Path: path}
			var id struct{ OperationID string }
			if err := json.Unmarshal(raw, o); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &id); err != nil || d.operations[id.OperationID] != nil {
				t.Fatalf("%s %s: the id %q is used twice, %v", method, path, id.OperationID, err)
			}
			d.operations[id.OperationID] = o
		}
	}
	closeObjects(d.defs)
	return d
}

// closeObjects forbids all properties that a schema does not name, so that an answer with
// a property that is missing in the document is found, and turns references to components
// into references to definitions.
func closeObjects(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			closeObjects(item)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			v["$ref"] = strings.Replace(ref, "#/components/schemas/", "#/$defs/", 1)
		}
		if _, ok := v["properties"].(map[string]any); ok && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, child := range v {
			closeObjects(child)
		}
	}
}

// call calls an operation with path parameters ("id" is {id} in its path), and validates
// the answer. A query follows the id of the operation: "get-task?wait=1".
func (d *document) call(t *testing.T, operation string, params map[string]string, body string, headers ...string) apptest.Answer {
	t.Helper()
	id, query, _ := strings.Cut(operation, "?")
	o := d.operations[id]
	if o == nil {
		t.Fatalf("there is no operation %s", id)
	}
	path := o.Path
	for name, value := range params {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if query != "" {
		path += "?" + query
	}
	a := d.p.Do(o.Method, path, body, headers...)
	if err := d.check(o, a); err != nil {
		t.Errorf("%s: %s %s answers %d: %v\n%.1500s", id, o.Method, path, a.Status, err, a.Body)
	}
	if a.Status < 400 {
		d.mu.Lock()
		d.succeeded[id] = true
		d.mu.Unlock()
	}
	return a
}

// documentedHeaders are the headers of answers that the document has to describe.
var documentedHeaders = []string{"Location", "Retry-After", "Preference-Applied", "Idempotent-Replayed", "Aigc-Joined", "WWW-Authenticate"}

func (d *document) check(o *documented, a apptest.Answer) error {
	r, ok := o.Responses[strconv.Itoa(a.Status)]
	if !ok {
		return fmt.Errorf("the status is not documented: %v", slices.Sorted(maps.Keys(o.Responses)))
	}
	if name, isRef := strings.CutPrefix(r.Ref, "#/components/responses/"); isRef {
		r = d.responses[name]
	}
	for _, name := range documentedHeaders {
		if a.Header.Get(name) != "" && r.Headers[name] == nil {
			return fmt.Errorf("the header %s is not documented", name)
		}
	}
	if o.Method == http.MethodHead || len(r.Content) == 0 {
		if len(a.Body) > 0 {
			return fmt.Errorf("an undocumented body")
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	content, exact := r.Content[kind]
	if main, _, _ := strings.Cut(kind, "/"); !exact {
		if content, ok = r.Content[main+"/*"]; !ok {
			return fmt.Errorf("the media type %s is not documented", kind)
		}
	}
	if !strings.HasSuffix(kind, "json") {
		return nil
	}
	schema, ok := content.Schema.(map[string]any)
	if !ok {
		return fmt.Errorf("%s has no schema", kind)
	}
	return d.validate(schema, a.Body)
}

// validate validates a JSON document by a schema of the OpenAPI document.
func (d *document) validate(schema map[string]any, doc []byte) error {
	resolved, err := d.resolve(schema)
	if err != nil {
		return err
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return err
	}
	return resolved.Validate(v)
}

// resolve compiles a schema with the component schemas, once.
func (d *document) resolve(schema map[string]any) (*jsonschema.Resolved, error) {
	name, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r := d.resolved[string(name)]; r != nil {
		return r, nil
	}
	var own map[string]any // a copy: a response is used by several calls
	if err := json.Unmarshal(name, &own); err != nil {
		return nil, err
	}
	closeObjects(own)
	raw, err := json.Marshal(map[string]any{"$defs": d.defs, "allOf": []any{own}})
	if err != nil {
		return nil, err
	}
	var s jsonschema.Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	r, err := s.Resolve(nil)
	d.resolved[string(name)] = r
	return r, err
}
