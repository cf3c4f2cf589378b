package mcpapi

import (
	"context"
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
	if err := x.Authorize(r, web.Keyed); err != nil {
		return err
	}
	c := &session{caller: x.Caller, id: x.ID, files: newIntake(s.assets)}
	c.free.Store(1)
	defer c.files.close()
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
