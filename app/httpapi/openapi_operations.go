package httpapi

import (
	"maps"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/task"
)

const (
	jsonType = "application/json"
	formType = "multipart/form-data"
)

var (
	text     = &huma.Schema{Type: huma.TypeString}
	fileBody = &huma.Schema{Type: huma.TypeString, Format: "binary"}
)

// envelopeResponse documents a response: an envelope with data of type t. The envelope
// of a type is a component of its own, TaskEnvelope for Task.
func (s *Server) envelopeResponse(o *huma.Operation, status int, description string, t reflect.Type) {
	reg := s.api.OpenAPI().Components.Schemas
	data := outputSchema(reg, t)
	name := componentName(t, "Data") + "Envelope"
	if reg.Map()[name] == nil {
		reg.Map()[name] = &huma.Schema{
			Type: huma.TypeObject, Required: []string{"success", "data", "error", "request_id", "timestamp"},
			Properties: map[string]*huma.Schema{
				"success":    {Type: huma.TypeBoolean, Description: "Always true."},
				"data":       data,
				"error":      {Type: huma.TypeString, Nullable: true, Description: "Always null: an error response is a Problem."},
				"request_id": {Type: huma.TypeString, Description: "Id of the request, as in the header X-Request-Id."},
				"timestamp":  {Type: huma.TypeString, Format: "date-time"},
			},
		}
	}
	o.Responses[strconv.Itoa(status)] = &huma.Response{Description: description, Content: map[string]*huma.MediaType{
		jsonType: {Schema: &huma.Schema{Ref: "#/components/schemas/" + name}},
	}}
}

// bareResponse documents a response 200 without an envelope.
func bareResponse(o *huma.Operation, description, mime string, schema *huma.Schema) {
	o.Responses["200"] = &huma.Response{Description: description, Content: map[string]*huma.MediaType{mime: {Schema: schema}}}
}

// problems documents error responses.
func problems(o *huma.Operation, statuses ...int) {
	for _, status := range statuses {
		o.Responses[strconv.Itoa(status)] = problemRef(problemName(status))
	}
}

func queryParam(o *huma.Operation, name string, kind *huma.Schema, doc string) {
	p := &huma.Param{Name: name, In: "query", Description: doc, Schema: kind}
	if kind.Type == huma.TypeArray {
		p.Explode = new(false) // separated by commas
	}
	o.Parameters = append(o.Parameters, p)
}

func headerParam(o *huma.Operation, name, doc string) *huma.Param {
	p := &huma.Param{Name: name, In: "header", Description: doc, Schema: text}
	o.Parameters = append(o.Parameters, p)
	return p
}

// responseHeaders documents headers of a response: pairs of name and text.
func responseHeaders(o *huma.Operation, status int, pairs ...string) {
	r := o.Responses[strconv.Itoa(status)]
	if r.Headers == nil {
		r.Headers = map[string]*huma.Param{}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Headers[pairs[i]] = &huma.Param{Description: pairs[i+1], Schema: text}
	}
}

// documentOperation documents the route of a module's operation.
func (s *Server) documentOperation(o *huma.Operation, op service.Operation) {
	reg := s.api.OpenAPI().Components.Schemas
	o.Summary, o.Description = op.Registered.Operation.Title, op.Registered.Operation.Doc
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		jsonType: {Schema: schema.Register(reg, op.Input), Example: op.Schema.Example()},
		formType: {Schema: schema.RegisterForm(reg, op.Input), Example: formExample(op.Schema)},
	}}
	t := reflect.TypeFor[service.View]()
	if op.Registered.Operation.StatusPath != "" {
		t = reflect.TypeFor[VideoTask]()
	}
	s.documentTask(o, t)
}

// formExample is the example of a form: a page can fill in its texts, but no files.
// Without it Swagger UI fills in every field.
func formExample(in *schema.Schema) any {
	example := in.Example()
	maps.DeleteFunc(example, func(name string, _ any) bool { f, _ := in.Field(name); return f.Image })
	return example
}

// taskHeaders are the headers of a response to a request that created a task or found one,
// also of an error response.
var taskHeaders = map[string]string{
	"Location":            "URL of the task.",
	"Idempotent-Replayed": "true: the task is that of an earlier request with the same Idempotency-Key.",
	"Preference-Applied":  "The part of the header Prefer that was applied.",
	joinedHeader:          "true: this is the task of an earlier equal request whose caller was not answered; nothing was bought. The field joined says the same.",
}

// documentTask documents the headers and responses of every route that creates a
// task; t is the type of data.
func (s *Server) documentTask(o *huma.Operation, t reflect.Type) {
	s.envelopeResponse(o, http.StatusOK, "The task succeeded.", t)
	s.envelopeResponse(o, http.StatusAccepted, "The task is not finished or is in doubt. The header Location has its URL.", t)
	for _, status := range []int{http.StatusOK, http.StatusAccepted} {
		for name, doc := range taskHeaders {
			responseHeaders(o, status, name, doc)
		}
		responseLinks(o, status, taskLinks...)
	}
	responseHeaders(o, http.StatusAccepted, "Retry-After", "Seconds after which the task may be read again; absent if it is in doubt.")
	problems(o, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusInsufficientStorage)
	key := headerParam(o, "Idempotency-Key", "Your own id of this request, at most 255 bytes. A second request with the same key within 24 hours returns the first task and is not charged again.")
	key.Schema = &huma.Schema{Type: huma.TypeString, MaxLength: new(service.MaxIdempotencyKey)}
	headerParam(o, "Prefer", "respond-async: respond at once. wait=SECONDS: wait that long for the result, at most 600 seconds.")
	headerParam(o, noJoinHeader, "true: a new purchase, also if an equal request of the last 10 minutes was not answered. Without it, and without an Idempotency-Key, this request then joins the task of that one.")
	headerParam(o, joinHeader, "true: join also with an Idempotency-Key, for a client that makes a key of its own for each call.")
	headerParam(o, followHeader, "true: for a client that polls the task. A response 202 does not count as its answer, so that an equal request joins the task until a GET has returned it finished.")
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
	}, Example: map[string]any{"prompt": "a red fox in the snow", "model": "auto"}}}}
	s.documentTask(o, reflect.TypeFor[service.View]())
}

func (s *Server) documentQuote(o *huma.Operation) {
	body := schema.Register(s.api.OpenAPI().Components.Schemas, reflect.TypeFor[quoteRequest]())
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{jsonType: {Schema: body, Example: s.quoteExample()}}}
	s.envelopeResponse(o, http.StatusOK, "The quote.", reflect.TypeFor[service.Quote]())
	problems(o, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusInsufficientStorage)
}

// quoteExample asks for the price of the first operation's example.
func (s *Server) quoteExample() any {
	ops := s.catalog.Operations()
	if len(ops) == 0 {
		return nil
	}
	return map[string]any{"operation": ops[0].Kind(), "input": ops[0].Schema.Example()}
}

func (s *Server) documentModels(o *huma.Operation) {
	queryParam(o, "schema", &huma.Schema{Type: huma.TypeBoolean}, "true: include the JSON Schema of each operation's input. Default: false.")
	s.envelopeResponse(o, http.StatusOK, "The catalogue.", reflect.TypeFor[modelsView]())
}

func (s *Server) documentList(o *huma.Operation) {
	for _, f := range filters {
		kind := f.kind
		if kind == nil {
			kind = text
		}
		queryParam(o, f.name, kind, f.doc)
	}
	s.envelopeResponse(o, http.StatusOK, "A page of tasks. next is the cursor of the next page.", reflect.TypeFor[service.Page]())
}

func (s *Server) documentEvents(o *huma.Operation) {
	headerParam(o, "Last-Event-ID", "Id of the last event received; the stream continues after it. Default: all events.")
	bareResponse(o, "Server-sent events: one for each state transition, named by the new state; the schema is that of an event. Comments are sent as keep-alive. The stream ends with the task.",
		"text/event-stream", s.eventSchema())
	o.Responses["204"] = &huma.Response{Description: "The task has ended, and there are no events after Last-Event-ID."}
}

// eventSchema is the schema of one server-sent event, which is what OpenAPI 3.1 describes
// of a stream. Its data is JSON in a text.
func (s *Server) eventSchema() *huma.Schema {
	reg := s.api.OpenAPI().Components.Schemas
	data := huma.SchemaFromType(reg, reflect.TypeFor[task.Event]())
	relaxOutput(reg, data, map[*huma.Schema]bool{})
	return &huma.Schema{Type: huma.TypeObject, Required: []string{"id", "event", "data"}, Properties: map[string]*huma.Schema{
		"id":    {Type: huma.TypeString, Description: "Number of the event, for Last-Event-ID."},
		"event": {Type: huma.TypeString, Description: "The new state.", Enum: data.Properties["to"].Enum},
		"data":  {Type: huma.TypeString, Extensions: map[string]any{"contentMediaType": jsonType, "contentSchema": data}},
	}}
}

func (s *Server) documentUpload(o *huma.Operation) {
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{formType: {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file": {Type: huma.TypeString, Format: "binary", Description: "PNG, JPEG, GIF, WebP, BMP, SVG without scripts, or MP4; at most 50 MB."},
		},
	}}}}
	s.envelopeResponse(o, http.StatusOK, "The stored file.", reflect.TypeFor[service.AssetView]())
	responseHeaders(o, http.StatusOK, "Location", "URL of the file.")
	responseLinks(o, http.StatusOK, "GetFile")
	problems(o, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusInsufficientStorage)
}

// documentObject documents GET and HEAD of a stored file.
func (s *Server) documentObject(o *huma.Operation) {
	file := map[string]*huma.MediaType{"image/*": {Schema: fileBody}, "video/*": {Schema: fileBody}}
	headerParam(o, "Range", "bytes=FROM-TO")
	o.Responses["200"] = &huma.Response{Description: "The file. A type that a browser could execute is sent as an attachment.", Content: file}
	responseHeaders(o, http.StatusOK, "ETag", "Of the file, for If-None-Match.")
	o.Responses["206"] = &huma.Response{Description: "The requested range.", Content: file}
	o.Responses["304"] = &huma.Response{Description: "Not modified, according to If-None-Match or If-Modified-Since."}
	problems(o, http.StatusRequestedRangeNotSatisfiable)
	head := *o
	head.Method, head.OperationID, head.Summary = http.MethodHead, "head-file", "Headers of a stored file"
	head.Responses = map[string]*huma.Response{"default": {Description: "An error, without a body."}}
	for status, r := range o.Responses {
		if status != "default" {
			head.Responses[status] = &huma.Response{Description: r.Description}
		}
		if r.Ref != "" && status != "default" {
			n, _ := strconv.Atoi(status) // always a number
			head.Responses[status].Description = problemStatuses[n]
		}
	}
	s.api.OpenAPI().AddOperation(&head)
}
