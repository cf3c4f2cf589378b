package httpapi

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
	"aigc/app/web"
)

func (s *Server) fileRoutes() {
	const objects = "/api/images/*"
	s.documentUpload(s.route(http.MethodPost, "/api/files/upload", "Store a file to be used as an input", "files", web.Keyed, s.upload))
	s.documentObject(s.route(http.MethodGet, objects, "A stored object; ranges and HEAD are served", "files", web.ByName, s.object))
}

// object serves a stored file. Whatever a browser could run is a download.
func (s *Server) object(c echo.Context) error {
	ctx := c.Request().Context()
	x := web.Of(ctx)
	o, err := s.assets.Open(ctx, x.Caller, rest(c))
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
	w := &ranged{Exchange: x} // not echo's writer: it would keep the file from going out by sendfile
	http.ServeContent(w, c.Request(), "", o.Modified, o)
	if w.refused {
		h.Del("Content-Disposition")
		return fault.New(fault.BadRange, "", "The object is shorter; see the header Content-Range.").WithCharge(fault.ChargedNo)
	}
	return nil
}

// rest is what a route's star stands for, as it was meant: names hold slashes,
// and some callers escape them.
func rest(c echo.Context) string {
	return strings.TrimPrefix(c.Request().URL.Path, strings.TrimSuffix(c.Path(), "*"))
}

// ranged keeps net/http from answering by itself that a range is out of reach.
type ranged struct {
	*web.Exchange
	refused bool
}

// WriteHeader passes every other status on.
func (w *ranged) WriteHeader(status int) {
	if w.refused = status == http.StatusRequestedRangeNotSatisfiable; !w.refused {
		w.Exchange.WriteHeader(status)
	}
}

func (w *ranged) Write(p []byte) (int, error) {
	if w.refused {
		return len(p), nil
	}
	return w.Exchange.Write(p)
}

// upload takes the first file of a form.
func (s *Server) upload(c echo.Context) error {
	ctx := c.Request().Context()
	_, params, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type"))
	if mediaType(c.Request()) != "multipart/form-data" || params["boundary"] == "" {
		return fault.New(fault.Unsupported, "media_type", "Send multipart/form-data with the file in the field file.").WithCharge(fault.ChargedNo)
	}
	parts := multipart.NewReader(c.Request().Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return fault.InvalidInput(fault.Detail{Location: "body.file", Message: "is required"})
		}
		if err != nil {
			return bodyFault(err)
		}
		if p.FormName() != "file" {
			continue
		}
		v, err := s.assets.Upload(ctx, web.Of(ctx).Caller, p.FileName(), p)
		if err != nil {
			return err
		}
		return s.ok(c, http.StatusOK, v)
	}
}
