package httpapi

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aigc/app/service"
	"aigc/app/web"
)

// routes mounts all routes. huma only builds the OpenAPI document: the handlers
// validate with package schema, which MCP and the command line use, too.
func (s *Server) routes() {
	installHumaErrors()
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		web.Of(c.Request().Context()).Fail(c.Request(), echoFault(err))
	}
	e.Use(s.authorize)
	s.echo = e
	s.api = s.newDocument(e)

	for _, op := range s.catalog.Operations() {
		s.mountOperation(op)
	}
	s.documentCreateAny(s.route(http.MethodPost, "/api/images/create", "Create an image; the model selects the module", "generations", web.Keyed, s.createAny))
	s.undocumented(http.MethodPost, "/api/images/variations", web.Keyed, s.variations)
	s.documentQuote(s.route(http.MethodPost, "/api/quote", "Cost of a request before it is submitted", "generations", web.Keyed, s.quote))
	s.documentModels(s.route(http.MethodGet, "/api/models", "List models, prices and schemas", "catalogue", web.Keyed, s.models))
	s.taskRoutes()
	s.answerRoutes()
	s.fileRoutes()
	s.keyRoutes()
	s.statusRoutes()
	s.docsRoutes()
}

// tags are the tags of the OpenAPI document in the order in which /docs shows them:
// the modules first, the operation of the service last.
func (s *Server) tags() []*huma.Tag {
	var tags []*huma.Tag
	seen := map[string]bool{}
	for _, op := range s.catalog.Operations() {
		if m := op.Module; !seen[m.Name] {
			seen[m.Name] = true
			tags = append(tags, &huma.Tag{Name: m.Name, Description: m.Title})
		}
	}
	for _, t := range [][2]string{
		{"generations", "Routes for all modules"}, {"catalogue", "Models and prices"}, {"tasks", "Status, history and control of tasks"},
		{"files", "Input files and results"}, {"keys", "Callers' API keys"}, {"operation", "Health and metrics of the service"},
	} {
		tags = append(tags, &huma.Tag{Name: t[0], Description: t[1]})
	}
	return tags
}

// statusRoutes mounts the routes for operators: health, probes, metrics and /.
func (s *Server) statusRoutes() {
	reg := s.api.OpenAPI().Components.Schemas
	health := s.route(http.MethodGet, "/api/health", "Health of all components; 503 if requests cannot be accepted", "operation", web.Public, s.health)
	bareResponse(health, "Healthy or degraded.", jsonType, outputSchema(reg, reflect.TypeFor[healthView]()))
	unhealthy := *health.Responses["200"]
	unhealthy.Description = "A component that requests need is down."
	health.Responses["503"] = &unhealthy
	status := s.route(http.MethodGet, "/api/status", "Processes, queues and vendor keys; requires an admin's key", "operation", web.Admin, s.inspect)
	status.OperationID = "get-status"
	status.Description = "What all processes on the ledger do: which are alive, how many tasks each module has in each state, which vendor keys are parked."
	s.envelopeResponse(status, http.StatusOK, "What runs and what waits.", reflect.TypeFor[service.Inspection]())
	alive := func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }
	bareResponse(s.route(http.MethodGet, "/livez", "Liveness probe", "operation", web.Public, alive), "The process is alive.", "text/plain", text)
	ready := s.route(http.MethodGet, "/readyz", "Readiness probe", "operation", web.Public, s.ready)
	bareResponse(ready, "The process can accept requests.", "text/plain", text)
	root := s.route(http.MethodGet, "/", "Name, version and addresses of the service; a page for browsers", "operation", web.Public, s.root)
	bareResponse(root, "Name, version and addresses.", jsonType, outputSchema(reg, reflect.TypeFor[rootView]()))
	root.Responses["200"].Content["text/html"] = &huma.MediaType{Schema: text}
	metrics := echo.WrapHandler(promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
	bareResponse(s.route(http.MethodGet, "/metrics", "Prometheus metrics; requires an admin's key", "operation", web.Admin, metrics), "The metrics.", "text/plain", text)
}

// handler handles a route; the error that it returns is the response.
type handler = echo.HandlerFunc

// authorize is middleware that runs after routing, with the access level of the
// route. A path without a route has the zero level, which requires a key.
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

// route mounts a handler and documents it. A GET route supports HEAD, too, except
// for the event stream.
func (s *Server) route(method, path, summary, tag string, who web.Level, h handler) *huma.Operation {
	s.undocumented(method, path, who, h)
	op := &huma.Operation{Method: method, Path: openAPIPath(path), OperationID: operationID(method, path), Summary: summary, Tags: []string{tag}, Responses: map[string]*huma.Response{
		"200": {Description: "Success."}, "default": problemRef("Problem"),
	}}
	// 422 also for too many parameters in the query, 503 also for too many connections.
	problems(op, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	if who != web.Public {
		problems(op, http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError)
	}
	for _, name := range pathParams(path) {
		problems(op, http.StatusNotFound)
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Description: pathParamDocs[name], Schema: text})
	}
	if len(pathParams(path)) > 0 && method == http.MethodPost {
		problems(op, http.StatusConflict)
	}
	s.api.OpenAPI().AddOperation(op)
	return op
}

// undocumented mounts a handler that is not in the OpenAPI document.
func (s *Server) undocumented(method, path string, who web.Level, h handler) {
	s.levels[path] = who
	s.echo.Add(method, path, h)
	if method == http.MethodGet && !strings.HasSuffix(path, "/events") {
		s.echo.HEAD(path, h)
	}
}
