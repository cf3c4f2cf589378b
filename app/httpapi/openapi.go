package httpapi

import (
	"embed"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/web"
)

//go:embed swagger
var swagger embed.FS

// wildcardNames are the OpenAPI names of the * at the end of a path, by the path
// segment before it.
var wildcardNames = map[string]string{"images": "object", "status": "operation_id"}

// openAPIPath converts an echo pattern to OpenAPI's notation: /tasks/:id becomes
// /tasks/{id}.
func openAPIPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case strings.HasPrefix(p, ":"):
			parts[i] = "{" + p[1:] + "}"
		case p == "*":
			parts[i] = "{" + wildcardNames[parts[i-1]] + "}"
		}
	}
	return strings.Join(parts, "/")
}

func pathParams(path string) []string {
	var out []string
	for p := range strings.SplitSeq(openAPIPath(path), "/") {
		if name, ok := strings.CutPrefix(p, "{"); ok {
			out = append(out, strings.TrimSuffix(name, "}"))
		}
	}
	return out
}

func problemResponse(api huma.API) *huma.Response {
	ref := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{problemJSON: {Schema: ref}}}
}

// docsRoutes mounts the OpenAPI document and Swagger UI, whose files are embedded.
func (s *Server) docsRoutes() {
	spec, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		panic(err) // a bug: the document has only types of this program
	}
	s.spec = spec
	s.levels["/openapi.json"], s.levels["/docs"], s.levels["/docs/:file"] = web.Public, web.Public, web.Public
	for path, h := range map[string]handler{
		"/openapi.json": func(c echo.Context) error {
			writeResponse(c.Response(), c.Request(), http.StatusOK, jsonType, s.spec)
			return nil
		},
		"/docs":       func(c echo.Context) error { return s.docsFile(c, "index.html") },
		"/docs/:file": func(c echo.Context) error { return s.docsFile(c, c.Param("file")) },
	} {
		s.echo.GET(path, h)
		s.echo.HEAD(path, h)
	}
}

var docsTypes = map[string]string{
	"index.html": "text/html; charset=utf-8", "init.js": "text/javascript", "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "LICENSE": "text/plain",
}

func (s *Server) docsFile(c echo.Context, name string) error {
	mime, ok := docsTypes[name]
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
		h.Set("Content-Encoding", "gzip") // stored compressed only; every browser accepts gzip
	}
	writeResponse(c.Response(), c.Request(), http.StatusOK, mime, data)
	return nil
}
