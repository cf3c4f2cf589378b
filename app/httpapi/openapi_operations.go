package httpapi

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/schema"
	"aigc/app/service"
)

const (
	jsonType = "application/json"
	formType = "multipart/form-data"
)

var text = &huma.Schema{Type: huma.TypeString}

// shows documents an answer that is an envelope around a type.
func (s *Server) shows(o *huma.Operation, status int, what string, t reflect.Type) {
	reg := s.api.OpenAPI().Components.Schemas
	o.Responses[strconv.Itoa(status)] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"success", "data", "error", "request_id", "timestamp"},
		Properties: map[string]*huma.Schema{
			"success": {Type: huma.TypeBoolean}, "data": reg.Schema(t, true, "Data"), "error": {Type: "null"},
			"request_id": text, "timestamp": {Type: huma.TypeString, Format: "date-time"},
		},
	}}}}
}

// answers documents an answer that is no envelope.
func answers(o *huma.Operation, what, mime string, schema *huma.Schema) {
	o.Responses["200"] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{mime: {Schema: schema}}}
}

func query(o *huma.Operation, name, kind, doc string) {
	o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: kind}})
}

func header(o *huma.Operation, name, doc string) {
	o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "header", Description: doc, Schema: text})
}

// documentPurchase gives an operation its body, headers and answers.
func (s *Server) documentPurchase(o *huma.Operation, op service.Operation) {
	reg := s.api.OpenAPI().Components.Schemas
	o.Summary, o.Description, o.OperationID = op.Registered.Operation.Title, op.Registered.Operation.Doc, op.Registered.Operation.Tool
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		jsonType: {Schema: schema.Register(reg, op.Input)}, formType: {Schema: schema.RegisterForm(reg, op.Input)},
	}}
	t := reflect.TypeFor[service.View]()
	if op.Registered.Operation.StatusPath != "" {
		t = reflect.TypeFor[jobView]()
	}
	s.documentTask(o, t)
}

// documentTask documents what every request for a task takes and answers.
func (s *Server) documentTask(o *huma.Operation, t reflect.Type) {
	s.shows(o, http.StatusOK, "the result", t)
	s.shows(o, http.StatusAccepted, "it goes on, or is in doubt: see the header Location", t)
	header(o, "Idempotency-Key", "your own name for this intent, 255 bytes at most: a repeated request never buys twice (24 h)")
	header(o, "Prefer", "respond-async, or wait=SECONDS (600 at most)")
	header(o, "X-Tags", "labels for /api/tasks?tag=, separated by commas")
}

// documentAny documents the route whose model decides the module.
func (s *Server) documentAny(o *huma.Operation) {
	o.Description = "The body is that of the route of the model's module."
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"prompt"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"prompt": {Type: huma.TypeString, Description: "what the picture shall show"},
			"model":  {Type: huma.TypeString, Default: "auto", Description: "a model's id or alias, a module's name, or auto"},
		},
	}}}}
	s.documentTask(o, reflect.TypeFor[service.View]())
}

func (s *Server) documentQuote(o *huma.Operation) {
	body := schema.Register(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[quoteRequest]())
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: body}}}
	s.shows(o, http.StatusOK, "the quote", reflect.TypeFor[service.Quote]())
}

func (s *Server) documentModels(o *huma.Operation) {
	query(o, "schema", huma.TypeBoolean, "true: with the JSON Schema of each operation's input")
	s.shows(o, http.StatusOK, "the catalogue", reflect.TypeFor[modelsView]())
}

func (s *Server) documentList(o *huma.Operation) {
	for _, f := range filters {
		kind := huma.TypeString
		if f.name == "limit" {
			kind = huma.TypeInteger
		}
		query(o, f.name, kind, f.doc)
	}
	s.shows(o, http.StatusOK, "a page; next is the cursor of the following one", reflect.TypeFor[service.Page]())
}

func (s *Server) documentEvents(o *huma.Operation) {
	header(o, "Last-Event-ID", "id of the last event that was seen: the stream goes on after it")
	answers(o, "one event a move, named by the state it led to; a comment now and then as a sign of life", "text/event-stream", text)
	o.Responses["204"] = &huma.Response{Description: "the task has ended and all was seen"}
}

func (s *Server) documentUpload(o *huma.Operation) {
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file": {Type: huma.TypeString, Format: "binary", Description: "PNG, JPEG, GIF, WebP, BMP, SVG without script, or MP4; 50 MB at most"},
		},
	}}}}
	s.shows(o, http.StatusOK, "the stored file", reflect.TypeFor[service.AssetView]())
}

// documentObject documents the routes of a file: GET, and HEAD beside it.
func (s *Server) documentObject(o *huma.Operation) {
	header(o, "Range", "bytes=FROM-TO")
	answers(o, "the file, inline or, of a type that a browser could run, as a download", "*/*", &huma.Schema{Type: huma.TypeString, Format: "binary"})
	o.Responses["206"] = &huma.Response{Description: "the range asked for"}
	o.Responses["304"] = &huma.Response{Description: "unchanged: If-None-Match or If-Modified-Since"}
	head := *o
	head.Method, head.OperationID, head.Summary = http.MethodHead, "head"+o.OperationID[len("get"):], "What GET would answer, without the file"
	head.Responses = map[string]*huma.Response{"200": {Description: "the headers of GET"}, "default": o.Responses["default"]}
	s.api.OpenAPI().AddOperation(&head)
}

// orNull finishes the description of what may be null: huma cannot say it of a
// reference.
func orNull(reg huma.Registry, t reflect.Type, names ...string) {
	schema := reg.Schema(t, true, "Data")
	for schema.Ref != "" {
		schema = reg.SchemaFromRef(schema.Ref)
	}
	for _, name := range names {
		schema.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{schema.Properties[name], {Type: "null"}}}
	}
}
