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

// envelopeResponse documents a response: an envelope with data of type t.
func (s *Server) envelopeResponse(o *huma.Operation, status int, description string, t reflect.Type) {
	reg := s.api.OpenAPI().Components.Schemas
	o.Responses[strconv.Itoa(status)] = &huma.Response{Description: description, Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"success", "data", "error", "request_id", "timestamp"},
		Properties: map[string]*huma.Schema{
			"success": {Type: huma.TypeBoolean}, "data": reg.Schema(t, true, "Data"), "error": {Type: "null"},
			"request_id": text, "timestamp": {Type: huma.TypeString, Format: "date-time"},
		},
	}}}}
}

// bareResponse documents a response 200 without an envelope.
func bareResponse(o *huma.Operation, description, mime string, schema *huma.Schema) {
	o.Responses["200"] = &huma.Response{Description: description, Content: map[string]*huma.MediaType{mime: {Schema: schema}}}
}

func queryParam(o *huma.Operation, name, kind, doc string) {
	o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: kind}})
}

func headerParam(o *huma.Operation, name, doc string) {
	o.Parameters = append(o.Parameters, &huma.Param{Name: name, In: "header", Description: doc, Schema: text})
}

// documentOperation documents the route of a module's operation.
func (s *Server) documentOperation(o *huma.Operation, op service.Operation) {
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

// documentTask documents the headers and responses of every route that creates a
// task; t is the type of data.
func (s *Server) documentTask(o *huma.Operation, t reflect.Type) {
	s.envelopeResponse(o, http.StatusOK, "The task succeeded.", t)
	s.envelopeResponse(o, http.StatusAccepted, "The task is not finished or is in doubt. The header Location has its URL.", t)
	headerParam(o, "Idempotency-Key", "Your own id of this request, at most 255 bytes. A second request with the same key within 24 hours returns the first task and is not charged again.")
	headerParam(o, "Prefer", "respond-async: respond at once. wait=SECONDS: wait that long for the result, at most 600 seconds.")
	headerParam(o, noJoinHeader, "true: a new purchase, also if an equal request of the last 10 minutes was not answered. Without it, and without an Idempotency-Key, this request then joins the task of that one.")
	headerParam(o, joinHeader, "true: join also with an Idempotency-Key, for a client that makes a key of its own for each call.")
	headerParam(o, followHeader, "true: for a client that polls the task. A response 202 does not count as its answer, so that an equal request joins the task until a GET has returned it finished.")
	for _, status := range []int{http.StatusOK, http.StatusAccepted} {
		o.Responses[strconv.Itoa(status)].Headers = map[string]*huma.Param{
			joinedHeader: {Description: "true: this is the task of an earlier equal request whose caller was not answered; nothing was bought. The field joined says the same.", Schema: text},
		}
	}
	headerParam(o, "X-Tags", "Labels, separated by commas, to filter tasks by: GET /api/tasks?tag=. At most 16 of 64 bytes each.")
}

// documentCreateAny documents the route that selects the module by the model.
func (s *Server) documentCreateAny(o *huma.Operation) {
	o.Description = "Selects the module by the field model. The body has the fields of that module's own route; size and quality are accepted for every module."
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"prompt"}, AdditionalProperties: true,
		Properties: map[string]*huma.Schema{
			"prompt": {Type: huma.TypeString, Description: "Text prompt describing the image."},
			"model":  {Type: huma.TypeString, Default: "auto", Description: "Id or alias of a model, MODULE/MODEL, name of a module, or auto."},
		},
	}}}}
	s.documentTask(o, reflect.TypeFor[service.View]())
}

func (s *Server) documentVariations(o *huma.Operation) {
	o.Deprecated = true
	delete(o.Responses, "200")
}

func (s *Server) documentQuote(o *huma.Operation) {
	body := schema.Register(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[quoteRequest]())
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: body}}}
	s.envelopeResponse(o, http.StatusOK, "The quote.", reflect.TypeFor[service.Quote]())
}

func (s *Server) documentModels(o *huma.Operation) {
	queryParam(o, "schema", huma.TypeBoolean, "true: include the JSON Schema of each operation's input. Default: false.")
	s.envelopeResponse(o, http.StatusOK, "The catalogue.", reflect.TypeFor[modelsView]())
}

func (s *Server) documentList(o *huma.Operation) {
	for _, f := range filters {
		kind := huma.TypeString
		if f.name == "limit" {
			kind = huma.TypeInteger
		}
		queryParam(o, f.name, kind, f.doc)
	}
	s.envelopeResponse(o, http.StatusOK, "A page of tasks. next is the cursor of the next page.", reflect.TypeFor[service.Page]())
}

func (s *Server) documentEvents(o *huma.Operation) {
	headerParam(o, "Last-Event-ID", "Id of the last event received; the stream continues after it. Default: all events.")
	bareResponse(o, "Server-sent events: one for each state transition, named by the new state. Comments are sent as keep-alive. The stream ends with the task.", "text/event-stream", text)
	o.Responses["204"] = &huma.Response{Description: "The task has ended, and there are no events after Last-Event-ID."}
}

func (s *Server) documentUpload(o *huma.Operation) {
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file": {Type: huma.TypeString, Format: "binary", Description: "PNG, JPEG, GIF, WebP, BMP, SVG without scripts, or MP4; at most 50 MB."},
		},
	}}}}
	s.envelopeResponse(o, http.StatusOK, "The stored file.", reflect.TypeFor[service.AssetView]())
}

// documentObject documents GET and HEAD of a stored file.
func (s *Server) documentObject(o *huma.Operation) {
	headerParam(o, "Range", "bytes=FROM-TO")
	bareResponse(o, "The file. A type that a browser could execute is sent as an attachment.", "*/*", &huma.Schema{Type: huma.TypeString, Format: "binary"})
	o.Responses["206"] = &huma.Response{Description: "The requested range."}
	o.Responses["304"] = &huma.Response{Description: "Not modified, according to If-None-Match or If-Modified-Since."}
	head := *o
	head.Method, head.OperationID, head.Summary = http.MethodHead, "head"+o.OperationID[len("get"):], "Headers of a stored file"
	head.Responses = map[string]*huma.Response{"200": {Description: "The headers of GET."}, "default": o.Responses["default"]}
	s.api.OpenAPI().AddOperation(&head)
}

// markNullable lets the named properties of t be null. huma does not support
// nullable for a property that is a $ref.
func markNullable(reg huma.Registry, t reflect.Type, names ...string) {
	schema := reg.Schema(t, true, "Data")
	for schema.Ref != "" {
		schema = reg.SchemaFromRef(schema.Ref)
	}
	for _, name := range names {
		schema.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{schema.Properties[name], {Type: "null"}}}
	}
}
