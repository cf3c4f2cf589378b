package httpapi

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/web"
)

func (s *Server) fileRoutes() {
	const objects = "/api/images/*"
	s.documentUpload(s.route(http.MethodPost, "/api/files/upload", "Upload an input file", "files", web.Keyed, s.upload))
	s.documentObject(s.route(http.MethodGet, objects, "Download a stored file; supports Range and HEAD", "files", web.ByName, s.object))
}

// object serves a stored file. A type that a browser could execute, such as SVG, is
// sent as an attachment.
func (s *Server) object(c echo.Context) error {
	ctx := c.Request().Context()
	x := web.Of(ctx)
	o, err := s.assets.Open(ctx, x.Caller, wildcard(c))
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
	w := &rangeWriter{Exchange: x}
	http.ServeContent(w, c.Request(), "", o.Modified, o)
	if w.refused {
		h.Del("Content-Disposition")
		return fault.New(fault.BadRange, "", "The range is outside of the object; the header Content-Range has its size.").WithCharge(fault.ChargedNo)
	}
	return nil
}

// wildcard returns the unescaped path that matches the * of a route. It may have
// slashes, which some callers send escaped.
func wildcard(c echo.Context) string {
	return strings.TrimPrefix(c.Request().URL.Path, strings.TrimSuffix(c.Path(), "*"))
}

// rangeWriter drops net/http's own response 416, so that object responds with a
// problem document.
type rangeWriter struct {
	*web.Exchange
	refused bool // net/http wants to respond 416
}

// WriteHeader implements [http.ResponseWriter]; it drops 416.
func (w *rangeWriter) WriteHeader(status int) {
	if w.refused = status == http.StatusRequestedRangeNotSatisfiable; !w.refused {
		w.Exchange.WriteHeader(status)
	}
}

func (w *rangeWriter) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.Exchange.Write(p)
}

// upload stores the first part named "file" of a multipart form; it ignores other
// parts.
func (s *Server) upload(c echo.Context) error {
	ctx := c.Request().Context()
	if b, err := boundary(c); b == "" {
		return fault.Join(err, fault.New(fault.Unsupported, "media_type", "Send multipart/form-data with the file in the field \"file\".").WithCharge(fault.ChargedNo))
	}
	parts, err := newFormReader(c)
	if err != nil {
		return err
	}
	for {
		p, err := parts.next()
		if errors.Is(err, io.EOF) {
			return fault.InvalidInput(fault.Detail{Location: "body.file", Message: "is required"})
		}
		if err != nil {
			return err
		}
		if name, _ := splitIndex(p.name); name != "file" {
			continue
		}
		content, _ := p.file()
		v, err := s.assets.Upload(ctx, web.Of(ctx).Caller, p.fileName, content)
		if err != nil {
			return fault.At("body.file", err)
		}
		c.Response().Header().Set("Location", v.FileURL)
		return s.respond(c, http.StatusOK, v)
	}
}
