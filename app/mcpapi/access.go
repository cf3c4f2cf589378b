package mcpapi

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"aigc/app/fault"
	"aigc/app/service"
	"aigc/app/web"
)

// session is who is calling in one request.
type session struct {
	caller service.Caller
	files  *uploads
	id     string // the request's

	// free is how many calls are not counted against the caller's rate: the
	// first one, whose request was; old revisions have batches.
	free atomic.Int64

	// onLeave calls back when the connection of the caller ends; nil where the
	// SDK ends its calls with it, or the revision says that it must not.
	onLeave func(func()) (stop func() bool)
}

type sessionKey struct{}

func (x *session) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, sessionKey{}, x)
}

// of is the session a context belongs to.
func of(ctx context.Context) *session { return ctx.Value(sessionKey{}).(*session) }

// Serve implements [web.Face]: MCP at /mcp and /mcp/v1, and /livez and /readyz
// for probes of the process.
func (s *Server) Serve(x *web.Exchange, r *http.Request) error {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch path {
	case "/mcp", "/mcp/v1":
		x.Route = path
		return s.converse(x, r)
	case "/livez":
		x.Route = path
		x.WriteHeader(http.StatusOK)
		return nil
	case "/readyz":
		x.Route = path
		if err := s.state.Ready(r.Context()); err != nil {
			return fault.Wrap(err, fault.Unavailable, "not_ready", "Not ready.")
		}
		x.WriteHeader(http.StatusOK)
		return nil
	}
	return fault.New(fault.NotFound, "no_such_route", "There is nothing at this path. MCP is at /mcp.")
}

// converse answers one request to the MCP endpoint. Nothing of its body is
// read before its caller is known.
func (s *Server) converse(x *web.Exchange, r *http.Request) error {
	if err := s.authorize(x, r); err != nil {
		return err
	}
	c := &session{caller: x.Caller, id: x.ID, files: newUploads(s.assets)}
	c.free.Store(1)
	defer c.files.close()
	if r.Header.Get(stdioHeader) != "" { // a bridge closes its connection when its client has canceled
		c.onLeave = func(f func()) func() bool { return context.AfterFunc(r.Context(), f) }
	}
	r = r.WithContext(c.in(r.Context()))
	// The SDK answers what is no POST of JSON without reading it.
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && t == "application/json" {
		if err := s.body(x, r, c.files); err != nil {
			return err
		}
	}
	s.http.ServeHTTP(x, r)
	return nil
}

// authorize finds the caller of a request and counts it against the caller's
// rate.
func (s *Server) authorize(x *web.Exchange, r *http.Request) error {
	if subtle.ConstantTimeCompare([]byte(web.KeyOf(r)), []byte(s.localKey)) == 1 {
		x.Caller = service.Caller{Name: service.Local, Admin: true}
		return s.auth.Allow(r.Context(), x.Caller)
	}
	return x.Authorize(r, web.Keyed)
}

// LocalKey is the key of this process: random per start and written nowhere. A
// request with it comes from the process itself, whose owner can read the data
// anyway, so its caller is the local one even where other callers need keys.
func (s *Server) LocalKey() string { return s.localKey }

// Fail implements [web.Face]: a request that never became a call is answered
// by a JSON-RPC error without an id, under the status that its kind has
// everywhere.
func (s *Server) Fail(x *web.Exchange, _ *http.Request, err error) {
	f := fault.From(err)
	status := f.Kind.Status()
	if errors.Is(err, errNotRPC) {
		status = http.StatusBadRequest
	}
	x.Header().Set("Content-Type", "application/json")
	x.WriteHeader(status)
	_, _ = x.Write(rpcError(f))
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
