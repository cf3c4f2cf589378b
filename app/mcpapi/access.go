package mcpapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/subtle"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

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
	confirm  bool // a bridge confirms the answers that it has written

	// free is the number of calls that are not counted against the caller's rate
	// limit. It starts at 1, since the request itself was counted; the further
	// calls of a batch, which old revisions have, are counted one by one.
	free atomic.Int64

	out *answerWriter

	// canceled ends when the client cancels its calls: by notifications/cancelled, or
	// if it is a bridge by closing the connection. Their waits end then, and nothing
	// is written for them any more; their tasks go on.
	canceled context.Context
	cancel   context.CancelFunc

	mu         sync.Mutex
	deliveries []*delivery // of its calls
	withdrawn  bool        // its only call was canceled by the client
}

// addDelivery registers the answer to a call.
func (x *requestInfo) addDelivery(d *delivery) {
	x.mu.Lock()
	x.deliveries = append(x.deliveries, d)
	withdrawn := x.withdrawn
	x.mu.Unlock()
	if withdrawn {
		d.cancel()
	}
}

// withdraw ends the only call of the request without an answer. When it returns, an
// equal call joins its task.
func (x *requestInfo) withdraw() {
	x.mu.Lock()
	x.withdrawn = true
	list := x.deliveries
	x.mu.Unlock()
	for _, d := range list {
		d.cancel()
	}
	x.cancel()
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
	c := &requestInfo{caller: x.Caller, id: x.ID, exchange: x, files: newUploads(s.assets, s.Memory)}
	c.free.Store(1)
	defer c.files.close()
	c.canceled, c.cancel = context.WithCancel(context.WithoutCancel(r.Context()))
	defer c.cancel()
	if r.Header.Get(stdioHeader) != "" { // a bridge closes the connection to cancel a call
		defer context.AfterFunc(r.Context(), c.cancel)()
	}
	defer web.AccessEnded(r.Context(), c.cancel)()
	if c.confirm = r.Header.Get(confirmHeader) != ""; c.confirm {
		x.Header().Set(confirmHeader, "1")
	}
	r = r.WithContext(c.withContext(r.Context()))
	c.out = &answerWriter{x: x, body: &rpcBody{}, stream: wantsStream(r), interval: s.commentInterval}
	// The SDK rejects anything but a POST of JSON without reading the body.
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && t == "application/json" {
		if err := s.extractFiles(x, r, c.files); err != nil {
			return err
		}
		if forward, err := s.readMessages(c, r); err != nil || !forward {
			return err
		}
		defer s.open.add(c, r)()
	}
	handler := s.http
	if !c.out.stream {
		handler = s.plainHTTP
	}
	r.Header.Set("Accept", "application/json, text/event-stream") // the SDK requires both; the handler decides
	handler.ServeHTTP(c.out, r)
	return c.out.finish()
}

// readMessages parses the messages of a request and replaces its body by what the SDK
// has to answer. It ends the calls that the client cancels. It returns false if
// nothing is left to answer.
func (s *Server) readMessages(c *requestInfo, r *http.Request) (forward bool, err error) {
	doc, err := io.ReadAll(r.Body)
	if err != nil {
		return false, err
	}
	b, err := parseBody(doc, r.Header.Get(versionHeader))
	if err != nil {
		return false, err
	}
	for _, m := range b.messages {
		if m.method == methodCancelled {
			s.open.cancel(c, r, m)
		}
	}
	// The server calls no client, so a response answers nothing.
	b.messages = slices.DeleteFunc(b.messages, func(m rpcMessage) bool { return m.method == "" })
	c.out.body = b
	if len(b.messages) == 0 {
		c.out.held = http.StatusAccepted
		return false, c.out.finish()
	}
	doc = b.encode()
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(doc)), int64(len(doc))
	return true, nil
}

// wantsStream reports whether a client reads server-sent events. One that does not
// name them gets one JSON document, without progress notifications.
func wantsStream(r *http.Request) bool {
	for _, list := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(list, ",") {
			t, params, err := mime.ParseMediaType(part)
			q, qErr := strconv.ParseFloat(cmp.Or(params["q"], "1"), 64)
			if err == nil && (t == "text/event-stream" || t == "text/*") && (qErr != nil || q > 0) {
				return true
			}
		}
	}
	return false
}

// authorize authenticates the caller of a request and counts the request
// against the caller's rate limit. A caller without a valid key gets 403 and not
// 401: at 401 clients start an OAuth sign-in, which aigc does not have, and show its
// failure instead of this answer.
func (s *Server) authorize(x *web.Exchange, r *http.Request) error {
	if subtle.ConstantTimeCompare([]byte(web.KeyOf(r)), []byte(s.localKey)) == 1 {
		x.Caller = service.Caller{Name: service.Local, Admin: true}
		return s.auth.Allow(r.Context(), x.Caller)
	}
	err := x.Authorize(r, web.Keyed)
	if fault.KindOf(err) == fault.Unauthenticated {
		return fault.Wrap(err, fault.Forbidden, fault.From(err).StableCode(), "%s", keyAdvice(r)).WithCharge(fault.ChargedNo)
	}
	return err
}

// keyAdvice says what is wrong with the key of a request and how to send one.
func keyAdvice(r *http.Request) string {
	how := "Send it with every request, in the header Authorization: Bearer KEY (or X-API-Key: KEY)."
	if r.Header.Get(stdioHeader) != "" {
		how = "Set it as AIGC_API_KEY in the environment of aigc serve-mcp --stdio."
	}
	how += " `aigc keys add NAME` on the server makes a key. There is no OAuth sign-in."
	switch {
	case web.KeyOf(r) != "":
		return "The API key that was sent is not known to this server: it is mistyped, of another server, or was removed. " + how
	case r.Header.Get("Authorization") != "":
		return "The header Authorization has no API key: it must be Bearer, a space and the key. " + how
	}
	return "This server needs an API key, and none was sent. " + how
}

// LocalKey is an API key that only this process has: random at every start and
// never stored. A request with it comes from this process, whose owner can read
// the data folder anyway, so its caller is the local one with admin rights, even
// if other callers need keys.
func (s *Server) LocalKey() string { return s.localKey }

// Fail implements [web.Face]: a request that the SDK does not answer gets a JSON-RPC
// error, with the HTTP status of the fault's kind or of its [rpcCause].
func (s *Server) Fail(x *web.Exchange, _ *http.Request, err error) {
	f := fault.From(err)
	x.Header().Set("Content-Type", "application/json")
	x.WriteHeader(causeOf(f).status)
	_, _ = x.Write(rpcError(f))
}

// codeServerError is the JSON-RPC code of a rejected request, from the range
// that JSON-RPC reserves for servers.
const codeServerError = -32000
