package httpapi

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
)

func (s *Server) fileRoutes() {
	const objects = "/api/images/*"
	s.route(http.MethodPost, "/api/files/upload", "Store a file to be used as an input", "files", keyed, s.upload)
	s.route(http.MethodGet, objects, "A stored object; ranges are served", "files", byName, s.object)
	s.echo.HEAD(objects, s.object)
}

// object serves a stored file. Whatever a browser could run is a download.
func (s *Server) object(c echo.Context) error {
	ctx := c.Request().Context()
	name, err := url.PathUnescape(c.Param("*"))
	if err != nil {
		name = c.Param("*")
	}
	o, err := s.svc.Open(ctx, of(ctx).caller, name)
	if err != nil {
		return err
	}
	defer o.Close()
	h := c.Response().Header()
	h.Set("Content-Type", o.MIME)
	h.Set("ETag", o.ETag)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	cache := "public, max-age=31536000, immutable"
	if s.PrivateLinks {
		cache = "private, max-age=3600"
	}
	h.Set("Cache-Control", cache)
	disposition := "inline"
	if !o.Inline {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": o.Name}))
	http.ServeContent(c.Response(), c.Request(), "", o.Modified, o)
	return nil
}

// upload takes the first file of a form.
func (s *Server) upload(c echo.Context) error {
	ctx := c.Request().Context()
	_, params, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if mediaType(c.Request()) != "multipart/form-data" || params["boundary"] == "" {
		return fault.New(fault.Unsupported, "media_type", "Send multipart/form-data with the file in the field file.").With(fault.ChargedNo)
	}
	parts := multipart.NewReader(s.body(c), params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fault.Faults(fault.Detail{Location: "body.file", Message: "is required"})
		}
		if err != nil {
			return bodyFault(err)
		}
		if p.FormName() != "file" {
			continue
		}
		v, err := s.svc.Upload(ctx, of(ctx).caller, p.FileName(), p)
		if err != nil {
			return err
		}
		return s.ok(c, http.StatusOK, v)
	}
}
