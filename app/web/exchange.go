package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"aigc/app/fault"
	"aigc/app/service"
)

// Exchange is one request and its response. It is the [http.ResponseWriter] of
// its request.
type Exchange struct {
	http.ResponseWriter
	ID     string         // request id: X-Request-ID of the caller, or a new one
	Route  string         // the pattern that matched, for log and metrics; never the path, whose object names grant access
	Caller service.Caller // set by Authorize
	Task   string         // id of the request's task, for the log; empty: none

	handler    *Handler
	face       Face
	conn       *conn // nil: see connOf
	body       *Body // nil: the request has none
	started    time.Time
	status     int // 0: no answer has begun
	bytes      int64
	fault      *fault.Error
	clientGone bool // the caller left before the answer

	gone       <-chan struct{} // closed when the caller's connection ends
	delivery   delivery
	access     recheck
	refusedKey bool // the request has no right key
}

// unmatched is Route for paths without a route.
const unmatched = "unmatched"

type exchangeKey struct{}

// Of returns the exchange of a request's context; it panics for another context.
func Of(ctx context.Context) *Exchange { return ctx.Value(exchangeKey{}).(*Exchange) }

func newExchange(h *Handler, w http.ResponseWriter, r *http.Request) *Exchange {
	x := &Exchange{ResponseWriter: w, ID: r.Header.Get("X-Request-ID"), Route: unmatched, handler: h, face: h.face(r.URL.Path), conn: connOf(r.Context()), started: time.Now(), gone: r.Context().Done()}
	if !validID(x.ID) {
		x.ID = uuid.NewString()
	}
	head := w.Header()
	head.Set("X-Request-Id", x.ID)
	head.Set("X-Content-Type-Options", "nosniff")
	if r.ContentLength != 0 && r.Body != nil && r.Body != http.NoBody {
		x.body = newBody(w, r, h.BodyWindow)
	}
	return x
}

// validID reports whether a caller's request id can be logged: 1 to 128 letters,
// digits and -_.: characters.
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

// finish responds to a panic with a 500, then counts and logs the request. It logs
// neither path nor query nor body: they have prompts and names of private files.
func (x *Exchange) finish(r *http.Request, log *zerolog.Logger, panicked any) {
	if panicked != nil && panicked != http.ErrAbortHandler {
		at := log.With().Str("route", x.Route).Logger()
		err := Recovered(&at, "panic in a request handler (bug)", panicked)
		if panicked = nil; x.status != 0 {
			panicked = http.ErrAbortHandler // the response has begun: close the connection, so that the caller sees it is incomplete
		}
		x.Fail(r, err)
	}
	x.endBody() // also if there is no response
	x.endDelivery(panicked != nil)
	x.access.stop()
	status := x.status
	switch {
	case x.clientGone:
		status = 499
	case status == 0:
		status = http.StatusOK
	}
	took := time.Since(x.started)
	x.handler.Metrics.end(x.Route, r.Method, status, took)
	level := zerolog.DebugLevel
	if r.Method == http.MethodPost && x.Route != unmatched {
		level = zerolog.InfoLevel
	}
	e := LogFault(log, level, x.fault)
	if x.refusedKey && x.fault != nil { // [Brake] logs their number
		e = log.Debug().Str("code", x.fault.StableCode())
	}
	if x.Task != "" {
		e = e.Str("task", x.Task)
	}
	ip := ""
	if addr := x.handler.ClientAddr(r); addr.IsValid() {
		ip = addr.String()
	}
	e.Str("method", methodLabel(r.Method)).Str("route", x.Route).Int("status", status).Int64("bytes", x.bytes).
		Dur("took", took).Str("caller", x.Caller.Name).Str("ip", ip).Msg("request")
	if panicked != nil {
		panic(panicked)
	}
}

// endBody is called before the response begins. The connection is closed after it if
// the body was not read.
func (x *Exchange) endBody() {
	if x.body != nil && !x.body.end() {
		if x.status == 0 {
			x.Header().Set("Connection", "close")
		}
		x.conn.expectMore()
	}
}

// WriteHeader implements [http.ResponseWriter] and records the status.
func (x *Exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.beginResponse(status)
	}
	x.ResponseWriter.WriteHeader(status)
}

func (x *Exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.beginResponse(http.StatusOK)
	}
	x.beforeWrite()
	n, err := x.ResponseWriter.Write(p)
	x.afterWrite(err)
	x.bytes += int64(n)
	return n, err
}

// Started is when the request's head was read.
func (x *Exchange) Started() time.Time { return x.started }

// Unwrap returns the wrapped writer, for [http.ResponseController].
func (x *Exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }
