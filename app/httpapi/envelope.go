package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"aigc/app/web"
)

// envelope is the JSON of every successful response. Its fields are those of the
// replaced service.
type envelope struct {
	Success   bool    `json:"success"`
	Data      any     `json:"data"`
	Error     *string `json:"error"`
	RequestID string  `json:"request_id"`
	Timestamp string  `json:"timestamp"`
}

// writeResponse writes a response with a complete body; for HEAD its headers only.
func writeResponse(w http.ResponseWriter, r *http.Request, status int, mime string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // fails only if the caller has disconnected
	}
}

// respond responds with data in an envelope.
func (s *Server) respond(c echo.Context, status int, data any) error {
	x := web.Of(c.Request().Context())
	body, err := marshalJSON(envelope{Success: true, Data: data, RequestID: x.ID, Timestamp: time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	writeResponse(c.Response(), c.Request(), status, "application/json", body)
	return nil
}

// marshalJSON encodes v without escaping <, > and &, so that people can read it.
func marshalJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
