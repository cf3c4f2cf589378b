package httpapi

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/service"
)

// exchange is one request and its answer.
type exchange struct {
	http.ResponseWriter
	id     string
	route  string // the pattern that matched; never the path, which may be a permission
	caller service.Caller
	began  time.Time
	status int
	bytes  int64
	task   string
	err    *fault.Error
	gone   bool // the caller left before the answer
}

type exchangeKey struct{}

// of is the exchange a context belongs to.
func of(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	x := &exchange{ResponseWriter: w, began: time.Now(), route: "unmatched"}
	x.id = r.Header.Get("X-Request-ID")
	if !sane(x.id) {
		x.id = uuid.NewString()
	}
	log := s.Log.With().Str("request_id", x.id).Logger()
	r = r.WithContext(log.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	h := w.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("X-Content-Type-Options", "nosniff")
	s.metrics.begin()
	defer func() { s.finish(x, r, &log, recover()) }()
	if err := s.admit(r); err != nil {
		s.fail(x, r, err)
		return
	}
	s.echo.ServeHTTP(x, r)
}

// finish answers for a panic, counts and logs. Neither query nor body nor path
// is logged: they hold prompts and the names of private files.
func (s *Server) finish(x *exchange, r *http.Request, log *zerolog.Logger, panicked any) {
	if panicked != nil && panicked != http.ErrAbortHandler {
		log.Error().Str("route", x.route).Interface("panic", panicked).Bytes("stack", debug.Stack()).Msg("a handler panicked")
		if x.status == 0 {
			s.fail(x, r, fault.From(errPanic))
			panicked = nil
		} else {
			panicked = http.ErrAbortHandler // half an answer was sent: cut it, so that nobody takes it for whole
		}
	}
	took := time.Since(x.began)
	status := x.status
	switch {
	case x.gone:
		status = 499
	case status == 0:
		status = http.StatusOK
	}
	s.metrics.end(x.route, r.Method, status, took)
	level := zerolog.DebugLevel
	if r.Method == http.MethodPost && x.route != "unmatched" {
		level = zerolog.InfoLevel
	}
	e := log.WithLevel(max(level, levelOf(x.err)))
	if x.err != nil {
		e = e.Str("code", x.err.StableCode())
		if x.err.Kind.Status() >= 500 {
			e = e.AnErr("error", x.err.Err)
		}
	}
	if x.task != "" {
		e = e.Str("task", x.task)
	}
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	e.Str("method", methodLabel(r.Method)).Str("route", x.route).Int("status", status).Int64("bytes", x.bytes).
		Dur("took", took).Str("caller", x.caller.Name).Str("ip", ip).Msg("request")
	if panicked != nil {
		panic(panicked)
	}
}

var errPanic = errors.New("panic")

// levelOf is how loud a fault is. A vendor's failure was told by the worker.
func levelOf(f *fault.Error) zerolog.Level {
	switch {
	case f == nil:
		return zerolog.DebugLevel
	case f.Kind == fault.Internal:
		return zerolog.ErrorLevel
	case f.Kind.Status() >= 500:
		return zerolog.WarnLevel
	case f.Kind == fault.Unauthenticated || f.Kind == fault.Forbidden || f.Kind == fault.Throttled || f.Kind == fault.Rejected:
		return zerolog.InfoLevel
	}
	return zerolog.DebugLevel
}

// sane says whether a caller's request id may stand in a log.
func sane(id string) bool {
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

// WriteHeader notes the status.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := x.ResponseWriter.Write(p)
	x.bytes += int64(n)
	return n, err
}

// ReadFrom lets files go out by sendfile.
func (x *exchange) ReadFrom(r io.Reader) (int64, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	n, err := io.Copy(x.ResponseWriter, r)
	x.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }
