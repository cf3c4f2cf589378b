package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aigc/app/schema"
	"aigc/app/service"
	"aigc/app/web"
)

// routes mounts everything. huma holds the OpenAPI document; the handlers
// validate with package schema, whose words MCP and the command line share.
func (s *Server) routes() {
	adopt()
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		web.Of(c.Request().Context()).Fail(c.Request(), echoFault(err))
	}
	e.Use(s.authorize)
	s.echo = e
	conf := huma.DefaultConfig("aigc", s.Version)
	conf.DocsPath, conf.OpenAPIPath, conf.SchemasPath, conf.CreateHooks = "", "", "", nil
	conf.Info.Description = "Pictures and films from many vendors' models. Every request for one is a durable task."
	conf.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schema.Name)
	conf.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer"}, "key": {Type: "apiKey", In: "header", Name: "X-API-Key"},
	}
	conf.Security = []map[string][]string{{}, {"bearer": {}}, {"key": {}}}
	conf.Tags = s.chapters()
	s.api = humaecho.NewV4(e, conf)

	for _, t := range []reflect.Type{reflect.TypeFor[service.View](), reflect.TypeFor[jobView](), reflect.TypeFor[statusView]()} {
		orNull(conf.Components.Schemas, t, "group", "error")
	}

	for _, op := range s.catalog.Operations() {
		s.operation(op)
	}
	s.documentAny(s.route(http.MethodPost, "/api/images/create", "Draw with whatever module has the model", "generations", web.Keyed, s.createAny))
	s.documentQuote(s.route(http.MethodPost, "/api/quote", "What a request would cost", "generations", web.Keyed, s.quote))
	s.documentModels(s.route(http.MethodGet, "/api/models", "Models, prices and schemas", "catalogue", web.Keyed, s.models))
	s.taskRoutes()
	s.fileRoutes()
	s.plainRoutes()
	s.docs()
}

// chapters are the tags of the document in the order in which it is read: what
// can be made first, the service itself last.
func (s *Server) chapters() []*huma.Tag {
	var tags []*huma.Tag
	seen := map[string]bool{}
	for _, op := range s.catalog.Operations() {
		if m := op.Module; !seen[m.Name] {
			seen[m.Name] = true
			tags = append(tags, &huma.Tag{Name: m.Name, Description: m.Title})
		}
	}
	for _, t := range [][2]string{
		{"generations", "by any module"}, {"catalogue", "models and prices"}, {"tasks", "what became of a request"},
		{"files", "inputs and results"}, {"operation", "of the service"},
	} {
		tags = append(tags, &huma.Tag{Name: t[0], Description: t[1]})
	}
	return tags
}

// plainRoutes are those for whoever operates the service.
func (s *Server) plainRoutes() {
	reg := s.api.OpenAPI().Components.Schemas
	health := s.route(http.MethodGet, "/api/health", "State of every part; 503 where nothing can be taken", "operation", web.Public, s.health)
	answers(health, "healthy or degraded", jsonType, reg.Schema(reflect.TypeFor[healthView](), true, "Health"))
	alive := func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }
	answers(s.route(http.MethodGet, "/livez", "The process is alive", "operation", web.Public, alive), "it is", "text/plain", text)
	answers(s.route(http.MethodGet, "/readyz", "The process can take requests", "operation", web.Public, s.ready), "it can", "text/plain", text)
	answers(s.route(http.MethodGet, "/", "What this is", "operation", web.Public, s.info), "names and addresses", jsonType, &huma.Schema{Type: huma.TypeObject})
	metrics := echo.WrapHandler(promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
	answers(s.route(http.MethodGet, "/metrics", "Prometheus metrics; an admin's key", "operation", web.Admin, metrics), "the metrics", "text/plain", text)
}

// handler is a route that returns its fault.
type handler = echo.HandlerFunc

// authorize runs after routing: the pattern that matched decides who may go on.
// A path without a route needs a key too.
func (s *Server) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := web.Of(c.Request().Context())
		if p := c.Path(); p != "" {
			x.Route = p
		}
		if err := x.Authorize(c.Request(), s.levels[c.Path()]); err != nil {
			return err
		}
		return next(c)
	}
}

// route mounts a handler and describes it. What can be got can be asked for by
// HEAD, but for a stream.
func (s *Server) route(method, path, summary, tag string, who web.Level, h handler) *huma.Operation {
	s.levels[path] = who
	s.echo.Add(method, path, h)
	if method == http.MethodGet && !strings.HasSuffix(path, "/events") {
		s.echo.HEAD(path, h)
	}
	op := &huma.Operation{Method: method, Path: openPath(path), Summary: summary, Tags: []string{tag}, Responses: map[string]*huma.Response{
		"200": {Description: "success"}, "default": problemResponse(s.api),
	}}
	for _, name := range pathParams(path) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.OperationID = strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(op.Path)
	s.api.OpenAPI().AddOperation(op)
	return op
}
