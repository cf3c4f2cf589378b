package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/web"
)

// healthView adds the field file_storage of the replaced service.
type healthView struct {
	service.Health
	Files map[string]any `json:"file_storage"`
}

func (s *Server) health(c echo.Context) error {
	ctx := c.Request().Context()
	h := s.state.Health(ctx)
	if x := web.Of(ctx); h.Components["ledger"].Status == "ok" && x.Authorize(c.Request(), web.ByName) == nil && x.Caller.Admin {
		h.Uploads, _ = s.state.UploadUse(ctx)
	}
	status := http.StatusOK
	if h.Status == "unhealthy" {
		status = http.StatusServiceUnavailable
	}
	return c.JSON(status, healthView{h, map[string]any{
		"enabled": true, "endpoints": map[string]string{"upload": s.address("/api/files/upload"), "get": s.address("/api/images/{object_name}")},
	}})
}

func (s *Server) inspect(c echo.Context) error {
	found, err := s.state.Inspect(c.Request().Context())
	if err != nil {
		return err
	}
	return s.respond(c, http.StatusOK, found)
}

func (s *Server) ready(c echo.Context) error {
	if err := s.state.Ready(c.Request().Context()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "not_ready", "A store is not available, or nothing can be bought; GET /api/health shows which.")
	}
	return c.String(http.StatusOK, "ok\n")
}
