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

// envelope is every success, in the shape of the replaced service.
type envelope struct {
	Success   bool    `json:"success"`
	Data      any     `json:"data"`
	Error     *string `json:"error"`
	RequestID string  `json:"request_id"`
	Timestamp string  `json:"timestamp"`
}

// send writes a whole answer.
func send(w http.ResponseWriter, r *http.Request, status int, mime string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller who has left needs no answer
	}
}

// ok answers with data.
func (s *Server) ok(c echo.Context, status int, data any) error {
	x := web.Of(c.Request().Context())
	body, err := encode(envelope{Success: true, Data: data, RequestID: x.ID, Timestamp: time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	send(c.Response(), c.Request(), status, "application/json", body)
	return nil
}

// encode writes JSON for people too: angle brackets stay what they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func taskPath(id string) string { return "/api/tasks/" + id }
