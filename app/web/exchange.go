package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/service"
)

// Exchange is one request and its answer.
type Exchange struct {
	http.ResponseWriter
	ID     string         // of the request, for the log and the caller
	Route  string         // the pattern that matched, for log and metrics; never the path, which may be a permission
	Caller service.Caller // set by Authorize
	Task   string         // id of the task the request is about, for the log; empty: none

	handler *Handler
	face    Face
	body    *Body // nil: the request has none
	began   time.Time
	status  int // 0: no answer has begun
	bytes   int64
	fault   *fault.Error
	gone    bool // the caller left before the answer
}

// unmatched is the route of requests for paths that no face knows.
const unmatched = "unmatched"

type exchangeKey struct{}

// Of is the exchange that a context belongs to.
func Of(ctx context.Context) *Exchange { return ctx.Value(exchangeKey{}).(*Exchange) }

func newExchange(h *Handler, w http.ResponseWriter, r *http.Request) *Exchange {
	x := &Exchange{ResponseWriter: w, ID: r.Header.Get("X-Request-ID"), Route: unmatched, handler: h, face: h.face(r.URL.Path), began: time.Now()}
	if !validID(x.ID) {
		x.ID = uuid.NewString()
	}
	head := w.Header()
	head.Set("X-Request-Id", x.ID)
	head.Set("X-Content-Type-Options", "nosniff")
	if r.ContentLength != 0 && r.Body != nil && r.Body != http.NoBody {
		x.body = newBody(w, r.Body, h.BodyIdle, h.BodyTotal)
	}
	return x
}

// validID says whether a caller's request id may stand in a log.
func validID(id string) bool {
	if len(id) == 0 || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.' && c != ':' {
			return false
		}
	}
	return true
}

// finish answers for a panic, counts and logs. Neither query nor body nor path
// is logged: they hold prompts and the names of private files.
func (x *Exchange) finish(r *http.Request, log *zerolog.Logger, panicked any) {
	if panicked != nil && panicked != http.ErrAbortHandler {
		at := log.With().Str("route", x.Route).Logger()
		err := Recovered(&at, "a handler panicked", panicked)
		if panicked = nil; x.status != 0 {
			panicked = http.ErrAbortHandler // half an answer was sent: cut the connection, so that it is not taken for whole
		}
		x.Fail(r, err)
	}
	status := x.status
	switch {
	case x.gone:
		status = 499
	case status == 0:
		status = http.StatusOK
	}
	took := time.Since(x.began)
	x.handler.Metrics.end(x.Route, r.Method, status, took)
	level := zerolog.DebugLevel
	if r.Method == http.MethodPost && x.Route != unmatched {
		level = zerolog.InfoLevel
	}
	e := LogFault(log, level, x.fault)
	if x.Task != "" {
		e = e.Str("task", x.Task)
	}
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	e.Str("method", methodLabel(r.Method)).Str("route", x.Route).Int("status", status).Int64("bytes", x.bytes).
		Dur("took", took).Str("caller", x.Caller.Name).Str("ip", ip).Msg("request")
	if panicked != nil {
		panic(panicked)
	}
}

// WriteHeader notes the status.
func (x *Exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *Exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(p)
	x.bytes += int64(n)
	return n, err
}

// ReadFrom lets files go out by sendfile.
func (x *Exchange) ReadFrom(r io.Reader) (int64, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := io.Copy(x.ResponseWriter, r)
	x.bytes += n
	return n, err
}

// Unwrap is for [http.ResponseController].
func (x *Exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }
