package httpapi

import (
	"embed"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/schema"
	"aigc/app/service"
)

//go:embed swagger
var swagger embed.FS

// openPath is an echo pattern as OpenAPI writes it.
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case strings.HasPrefix(p, ":"):
			parts[i] = "{" + p[1:] + "}"
		case p == "*":
			parts[i] = "{object}"
		}
	}
	return strings.Join(parts, "/")
}

func pathParams(path string) []string {
	var out []string
	for p := range strings.SplitSeq(openPath(path), "/") {
		if name, ok := strings.CutPrefix(p, "{"); ok {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}

func problemResponse(api huma.API) *huma.Response {
	ref := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "anything else", Content: map[string]*huma.MediaType{problemJSON: {Schema: ref}}}
}

// describe gives an operation its body, headers and answers.
func (s *Server) describe(o *huma.Operation, op service.Operation) {
	reg := s.api.OpenAPI().Components.Schemas
	body := schema.Register(reg, op.Input)
	view := reg.Schema(reflect.TypeFor[service.View](), true, "View")
	wrapped := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
		"success": {Type: huma.TypeBoolean}, "data": view, "request_id": {Type: huma.TypeString}, "timestamp": {Type: huma.TypeString, Format: "date-time"},
	}}
	o.Summary, o.Description, o.OperationID = op.Entry.Operation.Title, op.Entry.Operation.Doc, op.Entry.Operation.Tool
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: body}, "multipart/form-data": {Schema: body}}}
	json := map[string]*huma.MediaType{"application/json": {Schema: wrapped}}
	o.Responses["200"] = &huma.Response{Description: "the result", Content: json}
	o.Responses["202"] = &huma.Response{Description: "accepted, or in doubt: see Location", Content: json}
	text := &huma.Schema{Type: huma.TypeString}
	o.Parameters = append(o.Parameters,
		&huma.Param{Name: "Idempotency-Key", In: "header", Description: "your own name for this intent: a repeated request never buys twice (24 h)", Schema: text},
		&huma.Param{Name: "Prefer", In: "header", Description: "respond-async, or wait=SECONDS", Schema: text})
}

// docs serves the OpenAPI document and a page that shows it, without a network.
func (s *Server) docs() {
	spec, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		panic(err) // made of our own declarations
	}
	s.spec = spec
	s.access["/openapi.json"], s.access["/docs"], s.access["/docs/:file"] = public, public, public
	s.echo.GET("/openapi.json", func(c echo.Context) error {
		send(c.Response(), c.Request(), http.StatusOK, "application/json", s.spec)
		return nil
	})
	s.echo.GET("/docs", func(c echo.Context) error { return s.page(c, "index.html") })
	s.echo.GET("/docs/:file", func(c echo.Context) error { return s.page(c, c.Param("file")) })
}

var pageTypes = map[string]string{
	"index.html": "text/html; charset=utf-8", "init.js": "text/javascript", "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "LICENSE": "text/plain",
}

func (s *Server) page(c echo.Context, name string) error {
	mime, ok := pageTypes[name]
	if !ok {
		return echo.ErrNotFound
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-cache")
	data, err := swagger.ReadFile("swagger/" + name)
	if err != nil {
		if data, err = swagger.ReadFile("swagger/" + name + ".gz"); err != nil {
			return echo.ErrNotFound
		}
		h.Set("Content-Encoding", "gzip") // every browser takes it
	}
	send(c.Response(), c.Request(), http.StatusOK, mime, data)
	return nil
}
