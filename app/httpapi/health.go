package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
)

// healthView adds the field file_storage of the replaced service.
type healthView struct {
	service.Health
	Files map[string]any `json:"file_storage"`
}

func (s *Server) health(c echo.Context) error {
	h := s.state.Health(c.Request().Context())
	status := http.StatusOK
	if h.Status == "unhealthy" {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, healthView{h, map[string]any{
		"enabled": true, "endpoints": map[string]string{"upload": "/api/files/upload", "get": "/api/images/{object_name}"},
	}})
}

func (s *Server) ready(c echo.Context) error {
	if err := s.state.Ready(c.Request().Context()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "not_ready", "A store is not available; GET /api/health shows which.")
	}
	return c.String(http.StatusOK, "ok\n")
}

func (s *Server) info(c echo.Context) error {
	var modules []string
	endpoints := map[string]string{}
	for _, op := range s.catalog.Operations() {
		endpoints[op.Kind()] = "/api" + op.Registered.Operation.Paths[0]
		if op.Registered.Operation.Primary {
			modules = append(modules, op.Module.Name)
		}
	}
	return c.JSON(http.StatusOK, map[string]any{
		"service": "aigc", "version": s.Version, "description": "Images and videos from many vendors' models, as durable tasks.",
		"docs": "/docs", "openapi": "/openapi.json", "api_prefix": "/api", "mcp": s.MCPURL, "supported_models": modules, "endpoints": endpoints,
	})
}
