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

// requestInfo is the caller of one HTTP request and what belongs to it.
type requestInfo struct {
	caller service.Caller
	files  *uploads
	id     string // of the request

	exchange *web.Exchange
	call     callID
	confirm  bool // a bridge confirms the answers that it has written

	// free is the number of calls that are not counted against the caller's rate
	// limit. It starts at 1, since the request itself was counted; the further
	// calls of a batch, which old revisions have, are counted one by one.
	free atomic.Int64

	// onDisconnect registers a callback for the end of the caller's connection. Nil
	// if the SDK itself cancels calls then, or if the revision forbids it.
	onDisconnect func(func()) (stop func() bool)
}

type requestInfoKey struct{}

func (x *requestInfo) withContext(ctx context.Context) context.Context {
	return context.WithValue(ctx, requestInfoKey{}, x)
}

// requestInfoOf returns what withContext stored; it panics without it.
func requestInfoOf(ctx context.Context) *requestInfo {
	return ctx.Value(requestInfoKey{}).(*requestInfo)
}

// Serve implements [web.Face]: MCP at /mcp and /mcp/v1, and the probes /livez
// and /readyz.
func (s *Server) Serve(x *web.Exchange, r *http.Request) error {
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch path {
	case "/mcp", "/mcp/v1":
		x.Route = path
		return s.serveMCP(x, r)
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
	return fault.New(fault.NotFound, "no_such_route", "No such path. MCP is served at /mcp.")
}

// serveMCP answers one request to the MCP endpoint. The caller is
// authenticated before any of the body is read.
func (s *Server) serveMCP(x *web.Exchange, r *http.Request) error {
	if err := s.authorize(x, r); err != nil {
		return err
	}
	if task := r.Header.Get(confirmedHeader); task != "" {
		if err := s.tasks.ConfirmAnswer(r.Context(), x.Caller, task); err != nil {
			return err
		}
		x.WriteHeader(http.StatusNoContent)
		return nil
	}
	c := &requestInfo{caller: x.Caller, id: x.ID, exchange: x, files: newUploads(s.assets)}
	c.free.Store(1)
	defer c.files.close()
	if r.Header.Get(stdioHeader) != "" { // a bridge closes the connection to cancel a call
		c.onDisconnect = func(f func()) func() bool { return context.AfterFunc(r.Context(), f) }
	}
	if c.confirm = r.Header.Get(confirmHeader) != ""; c.confirm {
		x.Header().Set(confirmHeader, "1")
	}
	r = r.WithContext(c.withContext(r.Context()))
	// The SDK rejects anything but a POST of JSON without reading the body.
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && t == "application/json" {
		doc, err := s.extractFiles(x, r, c.files)
		if err != nil {
			return err
		}
		c.call = s.callOf(x, r, doc)
	}
	s.http.ServeHTTP(x, r)
	return nil
}

// authorize authenticates the caller of a request and counts the request
// against the caller's rate limit.
func (s *Server) authorize(x *web.Exchange, r *http.Request) error {
	if subtle.ConstantTimeCompare([]byte(web.KeyOf(r)), []byte(s.localKey)) == 1 {
		x.Caller = service.Caller{Name: service.Local, Admin: true}
		return s.auth.Allow(r.Context(), x.Caller)
	}
	return x.Authorize(r, web.Keyed)
}

// LocalKey is an API key that only this process has: random at every start and
// never stored. A request with it comes from this process, whose owner can read
// the data folder anyway, so its caller is the local one with admin rights, even
// if other callers need keys.
func (s *Server) LocalKey() string { return s.localKey }

// Fail implements [web.Face]: a request that fails before the SDK has it is
// answered by a JSON-RPC error without an id, with the HTTP status of the
// fault's kind.
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

// codeServerError is the JSON-RPC code of a rejected request, from the range
// that JSON-RPC reserves for servers.
const codeServerError = -32000

// rpcError encodes f as a JSON-RPC error with a null id.
func rpcError(f *fault.Error) []byte {
	code := int64(codeServerError)
	if errors.Is(f, errNotRPC) {
		code = jsonrpc.CodeParseError
	}
	out, _ := json.Marshal(map[string]any{ // cannot fail: strings and numbers only
		"jsonrpc": "2.0", "id": nil,
		"error": map[string]any{"code": code, "message": f.Message, "data": toolError{Code: f.StableCode(), Message: f.Message, Charged: fault.ChargedNo, Retryable: f.Kind.Retryable()}},
	})
	return out
}
