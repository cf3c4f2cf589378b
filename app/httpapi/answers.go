package httpapi

import (
	"context"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"aigc/app/web"
)

func (s *Server) answerRoutes() {
	const path = "/api/tasks/:id/answer"
	get := s.route(http.MethodGet, path, "Download the vendor's answer that was paid for and could not be used", "tasks", web.Keyed, s.answer)
	get.Description = "Of a group, the answer of the only child that has one. The configured keys of vendors are replaced in it by asterisks."
	bareResponse(get, "The answer as it was received, as an attachment: a file, or a tar archive of several.", "application/octet-stream", &huma.Schema{Type: huma.TypeString, Format: "binary"})
	responseHeaders(get, http.StatusOK, "Content-Disposition", "attachment, with a file name.")
	del := s.route(http.MethodDelete, path, "Delete that answer", "tasks", web.Keyed, s.deleteAnswer)
	delete(del.Responses, "200")
	del.Responses["204"] = &huma.Response{Description: "The answer is deleted."}
}

// answer serves a kept answer. A browser must not display it: its type is not known.
func (s *Server) answer(c echo.Context) error {
	ctx := c.Request().Context()
	x := web.Of(ctx)
	o, err := s.tasks.Answer(ctx, x.Caller, c.Param("id"))
	if err != nil {
		return err
	}
	defer o.Close()
	x.Task = c.Param("id")
	h := c.Response().Header()
	h.Set("Content-Type", o.MIME)
	h.Set("Content-Length", strconv.FormatInt(o.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": o.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	if c.Request().Method != http.MethodHead {
		_, _ = io.Copy(x, o) // with less than Content-Length the connection is closed
	}
	return nil
}

func (s *Server) deleteAnswer(c echo.Context) error {
	ctx := c.Request().Context()
	web.Of(ctx).Task = c.Param("id")
	if err := s.tasks.DeleteAnswer(context.WithoutCancel(ctx), web.Of(ctx).Caller, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
