package mcpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"aigc/app/fault"
	"aigc/app/web"
)

// body reads a request's body, lifts its files out and puts the small rest in
// its place.
func (s *Server) body(x *web.Exchange, r *http.Request, files *intake) error {
	doc, err := files.read(r.Context(), http.MaxBytesReader(x, r.Body, s.maxBody))
	if errors.As(err, new(*http.MaxBytesError)) {
		return fault.Wrap(err, fault.TooLarge, "body_too_large", "A request may have at most %d MB.", s.maxBody>>20).WithCharge(fault.ChargedNo)
	}
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(doc)), int64(len(doc))
	return nil
}
