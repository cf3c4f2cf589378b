package mcpapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"aigc/app/fault"
)

// body reads a request's body, lifts its files out and puts the small rest in
// its place.
func (s *Server) body(w http.ResponseWriter, r *http.Request, files *intake) error {
	steady := &steadyReader{r: http.MaxBytesReader(w, r.Body, s.maxBody), w: w, idle: s.BodyIdle, until: time.Now().Add(s.BodyTotal)}
	doc, err := files.read(r.Context(), steady)
	deadline(w, time.Time{})
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return fault.Wrap(err, fault.TooLarge, "body_too_large", "A request may have at most %d MB.", s.maxBody>>20).WithCharge(fault.ChargedNo)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fault.Wrap(err, fault.RequestTimeout, "body_too_slow", "The request's body did not arrive in time.").WithCharge(fault.ChargedNo)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return notRPC()
	case err != nil:
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(doc)), int64(len(doc))
	return nil
}

// steadyReader gives up on a body that pauses too long or takes too long.
type steadyReader struct {
	r     io.Reader
	w     http.ResponseWriter
	idle  time.Duration
	until time.Time
}

func (s *steadyReader) Read(p []byte) (int, error) {
	next := time.Now().Add(s.idle)
	if next.After(s.until) {
		next = s.until
	}
	deadline(s.w, next)
	return s.r.Read(p)
}
