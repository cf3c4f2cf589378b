package mcpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"aigc/app/fault"
)

// Bridge carries messages between a client on a pair of streams and the MCP
// server at address, until in ends and what was asked is answered, or ctx
// ends. The address may leave out the path. The server keeps no sessions, so
// every message is an exchange of its own, and one that fails harms no other.
func Bridge(ctx context.Context, address, key string, in io.Reader, out io.Writer) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("%q is no address of an MCP server", address)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/mcp"
	}
	files := &cargo{}
	defer files.close()
	lines := &lineWriter{w: out, answered: make(chan struct{}, 1)}
	r, w := io.Pipe()
	defer func() { _ = r.Close() }()
	go func() { _ = w.CloseWithError(readLines(ctx, in, w, lines, files.read)) }()
	client, err := (&mcp.IOTransport{Reader: r, Writer: lines, MaxLineLength: maxDocument + 1<<20}).Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	b := &bridge{url: u.String(), key: key, client: client, files: files, open: map[jsonrpc.ID]context.CancelFunc{}}
	defer b.underWay.Wait()
	for {
		msg, err := client.Read(ctx)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		b.take(ctx, msg)
	}
}

type bridge struct {
	url, key string
	client   mcp.Connection
	files    *cargo
	underWay sync.WaitGroup

	mu      sync.Mutex
	version string // of the protocol, once a handshake has settled it
	open    map[jsonrpc.ID]context.CancelFunc
}

// take begins the exchange of one message.
func (b *bridge) take(ctx context.Context, msg jsonrpc.Message) {
	req, ok := msg.(*jsonrpc.Request)
	if !ok {
		return // an answer to a question: the server asks none
	}
	if req.Method == "notifications/cancelled" {
		b.cancel(req) // over HTTP a call ends with its exchange
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	if req.IsCall() {
		b.mu.Lock()
		b.open[req.ID] = cancel
		b.mu.Unlock()
	}
	b.underWay.Go(func() {
		defer cancel()
		err := b.exchange(ctx, req)
		b.mu.Lock()
		delete(b.open, req.ID)
		b.mu.Unlock()
		if err != nil && req.IsCall() && ctx.Err() == nil {
			_ = b.client.Write(ctx, &jsonrpc.Response{ID: req.ID, Error: err})
		}
	})
}

func (b *bridge) cancel(req *jsonrpc.Request) {
	var p struct {
		RequestID any `json:"requestId"`
	}
	if json.Unmarshal(req.Params, &p) != nil {
		return
	}
	id, err := jsonrpc.MakeID(p.RequestID)
	if err != nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if cancel := b.open[id]; cancel != nil {
		cancel()
	}
}

// exchange sends one message and passes on what the server says to it.
func (b *bridge) exchange(ctx context.Context, req *jsonrpc.Request) error {
	hop := &hop{bridge: b, load: b.files.of(req.Params)}
	defer hop.load.close()
	server, err := (&mcp.StreamableClientTransport{
		Endpoint: b.url, HTTPClient: &http.Client{Transport: hop}, MaxRetries: -1, DisableStandaloneSSE: true,
	}).Connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }()
	if err := server.Write(ctx, req); err != nil {
		if hop.refusal != nil {
			return hop.refusal
		}
		return b.trouble(req, err)
	}
	for req.IsCall() {
		msg, err := server.Read(ctx)
		if err != nil {
			return b.trouble(req, err)
		}
		answer, last := msg.(*jsonrpc.Response)
		if last && req.Method == "initialize" {
			b.settle(answer)
		}
		if err := b.client.Write(ctx, msg); err != nil || last {
			return nil // without a reader there is nobody to tell
		}
	}
	return nil
}

// trouble says what a failed exchange means for the client: whether anything
// was asked at all, and what not to do now.
func (b *bridge) trouble(req *jsonrpc.Request, err error) error {
	f := failure{Code: "server_gone", Charged: fault.ChargedNo, Retryable: true}
	f.Message = "There is no aigc server at " + b.url + ": " + reason(err) + ". Nothing was sent. Call again when it runs."
	switch {
	case errors.As(err, new(notFilled)):
		f.Code, f.Retryable = "file_lost", false
		f.Message = "A file of this call could not be passed on: " + reason(err) + ". Nothing was sent."
	case !unsent(err):
		f.Code = "answer_lost"
		f.Message = "The connection to the aigc server at " + b.url + " broke before the answer came: " + reason(err) + "."
		if req.Method == "tools/call" {
			f.Charged = fault.ChargedUnknown
			f.Message += " What was asked may have been done. Repeat a call that buys only with the same idempotency_key, or look with list_tasks first."
		}
	}
	return &jsonrpc.Error{Code: refused, Message: f.Message, Data: encode(f)}
}

// unsent says that an error came before the first byte went out.
func unsent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// reason is the innermost cause: what is around it are names of the SDK's.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err.Error()
	}
	return err.Error()
}

func (b *bridge) settle(answer *jsonrpc.Response) {
	var r struct {
		ProtocolVersion string `json:"protocolVersion"`
	}
	if json.Unmarshal(answer.Result, &r) == nil {
		b.mu.Lock()
		b.version = r.ProtocolVersion
		b.mu.Unlock()
	}
}

// hop is the HTTP of one exchange.
type hop struct {
	*bridge
	load    load // the files of the message
	refusal *jsonrpc.Error
}

const versionHeader = "Mcp-Protocol-Version"

// RoundTrip adds the files, the key and the version, and keeps the server's own
// words of refusal, which the SDK would drop.
func (h *hop) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if err := h.fill(r); err != nil {
		return nil, notFilled{err}
	}
	if h.key != "" {
		r.Header.Set("Authorization", "Bearer "+h.key)
	}
	h.mu.Lock()
	if r.Header.Get(versionHeader) == "" && h.version != "" {
		r.Header.Set(versionHeader, h.version)
	}
	h.mu.Unlock()
	resp, err := patient(http.DefaultTransport, r)
	if err != nil || resp.StatusCode < 400 {
		return resp, err
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	var answer struct{ Error *jsonrpc.Error }
	if json.Unmarshal(text, &answer) == nil && answer.Error != nil {
		h.refusal = answer.Error
	} else {
		h.refusal = &jsonrpc.Error{Code: refused, Message: fmt.Sprintf("The aigc server answered %s: %s", resp.Status, brief(string(text), 400))}
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp, nil
}

// notFilled is why the files of a message could not be put back into it.
type notFilled struct{ error }

// fill puts the files of the message back into a request that carries it.
func (h *hop) fill(r *http.Request) error {
	if len(h.load) == 0 || r.Body == nil {
		return nil
	}
	text, err := io.ReadAll(r.Body)
	_ = r.Body.Close()
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(text))
	body, err := h.load.embed(text)
	if err != nil || body == nil {
		return err
	}
	r.Body, err = body.Reader()
	r.ContentLength, r.GetBody = body.Len(), body.Reader
	return err
}

// A server that is gone may come back, or another process takes its place; for
// so long, requests that did not leave are tried again.
const (
	takeover      = 3 * time.Second
	takeoverPause = 100 * time.Millisecond
)

// patient sends a request, again only as long as surely nothing of it left.
func patient(server http.RoundTripper, r *http.Request) (*http.Response, error) {
	for until := time.Now().Add(takeover); ; {
		resp, err := server.RoundTrip(r)
		if err == nil || !unsent(err) || r.GetBody == nil || time.Now().After(until) {
			return resp, err
		}
		select {
		case <-r.Context().Done():
			return nil, err
		case <-time.After(takeoverPause):
		}
		body, gone := r.GetBody()
		if gone != nil {
			return nil, err
		}
		r.Body = body
	}
}
