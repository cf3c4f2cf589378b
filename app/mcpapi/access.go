package mcpapi

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
	"aigc/app/service"
)

// session is who is calling, for as long as its connection lives: one request
// over HTTP, the whole process over stdio.
type session struct {
	caller service.Caller
	files  *intake
	id     string // the request's, over HTTP

	// free is how many calls are not counted against the caller's rate: over
	// HTTP the first one, whose request was; old revisions have batches.
	free atomic.Int64

	// atEnd calls back when the process is to stop; nil over HTTP, where the
	// service lets all who wait go.
	atEnd func(func()) (stop func() bool)
}

type sessionKey struct{}

func (x *session) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, sessionKey{}, x)
}

// of is the session a context belongs to.
func of(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// Handler answers every request of the listener: MCP at /mcp and /mcp/v1, and
// /livez and /readyz for whoever watches the process.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get("X-Request-Id")
	if !sane(id) {
		id = uuid.NewString()
	}
	h := w.Header()
	h.Set("X-Request-Id", id)
	h.Set("X-Content-Type-Options", "nosniff")
	deadline(w, time.Now().Add(s.BodyIdle)) // net/http reads what we do not, before it answers
	if err := s.admit(r); err != nil {
		s.refuse(w, r, err)
		return
	}
	switch strings.TrimSuffix(r.URL.Path, "/") {
	case "/mcp", "/mcp/v1":
		s.converse(w, r, id)
	case "/livez":
		w.WriteHeader(http.StatusOK)
	case "/readyz":
		if err := s.state.Ready(r.Context()); err != nil {
			s.refuse(w, r, fault.Wrap(err, fault.Unavailable, "not_ready", "Not ready."))
			return
		}
		w.WriteHeader(http.StatusOK)
	default:
		s.refuse(w, r, fault.New(fault.NotFound, "no_such_route", "There is nothing at this path. MCP is at /mcp."))
	}
}

// converse answers one request to the MCP endpoint. Nothing of its body is
// read before its caller is known.
func (s *Server) converse(w http.ResponseWriter, r *http.Request, id string) {
	caller, err := s.auth.Authenticate(r.Context(), keyOf(r))
	if err == nil {
		err = s.auth.Allow(r.Context(), caller)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	x := &session{caller: caller, id: id, files: newIntake(s.assets)}
	x.free.Store(1)
	defer x.files.close()
	r = r.WithContext(x.in(r.Context()))
	// The SDK answers what is no POST of JSON without reading it.
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && t == "application/json" {
		if err := s.body(w, r, x.files); err != nil {
			s.refuse(w, r, err)
			return
		}
	}
	s.http.ServeHTTP(w, r)
}

func (s *Server) guard() {
	s.cross = http.NewCrossOriginProtection()
	s.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, h := range s.AllowedHosts {
		s.hosts[strings.ToLower(h)] = true
	}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Host != "" {
		s.hosts[strings.ToLower(u.Hostname())] = true
		_ = s.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may have put another Host
	}
}

// admit keeps web pages of others out, before anything of the body is read.
func (s *Server) admit(r *http.Request) error {
	if s.Loopback && !s.hosts[hostname(r.Host)] {
		return fault.New(fault.Forbidden, "foreign_host", "This server answers only on its own names. Set AIGC_PUBLIC_URL if it has another one.")
	}
	if err := s.cross.Check(r); err != nil {
		return fault.Wrap(err, fault.Forbidden, "cross_origin", "Requests that a page of another origin makes in a browser are not taken.")
	}
	return nil
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
}

func keyOf(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return r.Header.Get("X-API-Key")
}

// maxDrain is the longest rest of a body that is read to keep a connection.
const maxDrain = 64 << 10

// refuse answers a request that never became a call: a JSON-RPC error without
// an id, under the status that its kind has everywhere.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.From(err)
	status := f.Kind.Status()
	if errors.Is(err, errNotRPC) {
		status = http.StatusBadRequest
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "application/json")
	if f.RetryAfter > 0 {
		h.Set("Retry-After", seconds(f.RetryAfter))
	}
	switch status {
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="aigc"`)
	}
	if r.ContentLength < 0 || r.ContentLength > maxDrain || status == http.StatusRequestTimeout || status == http.StatusRequestEntityTooLarge {
		h.Set("Connection", "close") // the rest of the body is not wanted
	}
	told(s.Log.WithLevel(loudness(f)), f).Str("request_id", h.Get("X-Request-Id")).Int("status", status).Msg("a request was refused")
	w.WriteHeader(status)
	_, _ = w.Write(rpcError(f))
}

// refused is the JSON-RPC code of a request that the server does not take; of
// the range that JSON-RPC leaves to servers.
const refused = -32000

// rpcError is a JSON-RPC error that answers no request in particular.
func rpcError(f *fault.Error) []byte {
	code := int64(refused)
	if errors.Is(f, errNotRPC) {
		code = jsonrpc.CodeParseError
	}
	out, _ := json.Marshal(map[string]any{ // strings and numbers only
		"jsonrpc": "2.0", "id": nil,
		"error": map[string]any{"code": code, "message": f.Message, "data": failure{Code: f.StableCode(), Message: f.Message, Charged: fault.ChargedNo, Retryable: f.Kind.Retryable()}},
	})
	return out
}

// sane says whether a caller's request id may stand in a log.
func sane(id string) bool {
	if len(id) == 0 || len(id) > 128 {
		return false
	}
	return !strings.ContainsFunc(id, func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && !strings.ContainsRune("-_.:", c)
	})
}

// deadline bounds how long a request's body may take. A test's recorder has no
// connection to set it on.
func deadline(w http.ResponseWriter, t time.Time) {
	_ = http.NewResponseController(w).SetReadDeadline(t)
}
