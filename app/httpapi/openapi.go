package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/provider"
	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
)

const description = `Images and videos from many vendors' models. Every generation is a durable task: it continues if the caller disconnects or the server restarts.

Successful responses are JSON objects with the result in ` + "`data`" + `. Every error response is a problem document (RFC 9457), in which ` + "`charged`" + ` says whether the vendor was paid and ` + "`retryable`" + ` whether the same request may be sent again.

Text may not contain NUL characters. In a request a null is the same as leaving an optional field out, and a value of another type that has one meaning only, such as "2" for 2, is accepted.`

// newDocument makes the OpenAPI document without its operations. huma only builds the
// document; see [Server.routes].
func (s *Server) newDocument(e *echo.Echo) huma.API {
	conf := huma.DefaultConfig("aigc", s.Version)
	conf.DocsPath, conf.OpenAPIPath, conf.SchemasPath, conf.CreateHooks = "", "", "", nil
	conf.Info.Description = description
	conf.Servers = []*huma.Server{{URL: s.address("/")}}
	if s.Public != "" {
		conf.Servers[0].URL = string(s.Public)
	}
	reg := huma.NewMapRegistry("#/components/schemas/", componentName)
	conf.Components.Schemas = reg
	conf.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer"}, "key": {Type: "apiKey", In: "header", Name: "X-API-Key"},
	}
	conf.Components.Responses = problemResponses(reg)
	conf.Components.Links = links()
	conf.Security = []map[string][]string{{}, {"bearer": {}}, {"key": {}}}
	conf.Tags = s.tags()
	for _, t := range []reflect.Type{reflect.TypeFor[service.GroupView](), reflect.TypeFor[service.ErrorView]()} {
		resolve(reg, outputSchema(reg, t)).Nullable = true
	}
	return humaecho.NewV4(e, conf)
}

// componentNames are the names of the types of responses in the document. Other types
// are named by [schema.Name].
var componentNames = map[reflect.Type]string{
	reflect.TypeFor[Problem](): "Problem", reflect.TypeFor[fault.Detail](): "FieldError",
	reflect.TypeFor[service.View](): "Task", reflect.TypeFor[service.ResultView](): "Result", reflect.TypeFor[service.Cost](): "Cost",
	reflect.TypeFor[service.GroupView](): "TaskGroup", reflect.TypeFor[service.ErrorView](): "TaskError", reflect.TypeFor[service.Page](): "TaskPage",
	reflect.TypeFor[cancelView](): "Cancellation", reflect.TypeFor[VideoTask](): "VideoTask", reflect.TypeFor[VideoStatus](): "VideoStatus",
	reflect.TypeFor[videoByID](): "VideoStatusWithID", reflect.TypeFor[service.Quote](): "Quote", reflect.TypeFor[quoteRequest](): "QuoteRequest",
	reflect.TypeFor[modelsView](): "ModelList", reflect.TypeFor[service.Model](): "Model", reflect.TypeFor[provider.ListPrice](): "Price",
	reflect.TypeFor[service.AssetView](): "Asset", reflect.TypeFor[rootView](): "Service",
	reflect.TypeFor[healthView](): "Health", reflect.TypeFor[service.Component](): "HealthComponent", reflect.TypeFor[service.VendorKeys](): "VendorKeys",
}

func componentName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name, ok := componentNames[t]; ok {
		return name
	}
	return schema.Name(t, hint)
}

// outputSchema registers the type of a response and returns a reference to it. Later
// versions may add properties, so none is forbidden, and no list is null.
func outputSchema(reg huma.Registry, t reflect.Type) *huma.Schema {
	ref := reg.Schema(t, true, "Data")
	relaxOutput(reg, ref, map[*huma.Schema]bool{})
	return ref
}

func relaxOutput(reg huma.Registry, p *huma.Schema, seen map[*huma.Schema]bool) {
	p = resolve(reg, p)
	if seen[p] {
		return
	}
	seen[p] = true
	switch p.Type {
	case huma.TypeArray:
		p.Nullable = false
		relaxOutput(reg, p.Items, seen)
	case huma.TypeObject:
		if values, isMap := p.AdditionalProperties.(*huma.Schema); isMap {
			relaxOutput(reg, values, seen)
		} else {
			p.AdditionalProperties = nil
		}
		for _, property := range p.Properties {
			relaxOutput(reg, property, seen)
		}
	}
}

func resolve(reg huma.Registry, p *huma.Schema) *huma.Schema {
	for p.Ref != "" {
		p = reg.SchemaFromRef(p.Ref)
	}
	return p
}

// problemStatuses are the statuses of errors with what they mean to a caller.
var problemStatuses = map[int]string{
	http.StatusBadRequest:                   "The request is malformed.",
	http.StatusUnauthorized:                 "The API key is missing or unknown.",
	http.StatusForbidden:                    "The caller, the host name or the origin of the request is not allowed.",
	http.StatusNotFound:                     "There is none by this id or name, or it belongs to another key.",
	http.StatusConflict:                     "Not possible in the present state of the task.",
	http.StatusRequestTimeout:               "The request did not arrive in time.",
	http.StatusGone:                         "The request repeats one whose results were removed because of their age; nothing was bought.",
	http.StatusRequestEntityTooLarge:        "The request or one of its files is too large.",
	http.StatusUnsupportedMediaType:         "The media type of the request or of one of its files is not supported.",
	http.StatusRequestedRangeNotSatisfiable: "The range is outside of the file.",
	http.StatusUnprocessableEntity:          "A field is invalid, which `errors` names, or the vendor refused the content.",
	http.StatusTooManyRequests:              "Too many requests of this key, or the vendor is throttling.",
	http.StatusInternalServerError:          "Internal error.",
	http.StatusBadGateway:                   "The vendor reports a failure or sent no valid result.",
	http.StatusInsufficientStorage:          "The server's disk has no room for the file or the task; nothing was bought.",
	http.StatusServiceUnavailable:           "No vendor key is configured or usable, a store is not available, or there are too many connections.",
	http.StatusGatewayTimeout:               "The task was not finished in time.",
}

// problemResponses are the error responses that operations refer to, by name.
func problemResponses(reg huma.Registry) map[string]*huma.Response {
	ref := outputSchema(reg, reflect.TypeFor[Problem]())
	of := func(status int, text string) *huma.Response {
		return &huma.Response{Description: text, Headers: problemHeaders(status), Content: map[string]*huma.MediaType{web.ProblemJSON: {Schema: ref}}}
	}
	out := map[string]*huma.Response{"Problem": of(0, "Error.")}
	for status, text := range problemStatuses {
		out[problemName(status)] = of(status, text)
	}
	return out
}

// problemHeaders are the headers of an error response: see [web.Exchange.Fail] and
// [Server.Fail].
func problemHeaders(status int) map[string]*huma.Param {
	out := map[string]*huma.Param{}
	add := func(name, doc string) { out[name] = &huma.Param{Description: doc, Schema: text} }
	switch status {
	case http.StatusUnauthorized:
		add("WWW-Authenticate", "The scheme of the header Authorization: Bearer.")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		add("Retry-After", "Seconds after which the same request may be sent again, if that may help.")
	}
	if status == http.StatusConflict || status == http.StatusUnprocessableEntity || status == http.StatusTooManyRequests || status >= 500 {
		for name, doc := range taskHeaders {
			add(name, doc)
		}
	}
	return out
}

// problemName is the name of a status without spaces: NotFound.
func problemName(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

func problemRef(name string) *huma.Response {
	return &huma.Response{Ref: "#/components/responses/" + name}
}
