package mcpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bridge joins an MCP client on a pair of streams to an MCP server over HTTP.
// Each line that the client writes passes through as the body of one POST
// request, and each message of the answer is a line for the client. Of a line
// the bridge reads the id and the method alone, so that it can answer when the
// server does not. The server keeps no sessions: a request that fails harms no
// other.
type Bridge struct {
	In  io.Reader
	Out io.Writer

	// Connect finds the server, or starts one in this process. It is called at
	// the start, and again when nothing listens at the server's address any
	// more; never twice at a time. Its context ends with the bridge.
	Connect func(context.Context) (*Endpoint, error)

	// Patience is how long a line waits for a server that accepts connections.
	Patience time.Duration
}

// Endpoint is a server that a bridge sends to.
type Endpoint struct {
	URL  string       // where it serves MCP
	Key  string       // sent with every request; may be empty
	Stop func() error // ends it, where it runs in this process, and answers callers who wait; else nil

	// Alive says whether it accepts connections. Where it does not, the bridge
	// connects again before the next line comes, since tasks may be under way.
	// Nil: only a line finds out.
	Alive func(context.Context) bool
}

// NewEndpoint is the MCP server at an address, which may leave out the path.
func NewEndpoint(address, key string) (*Endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no address of an MCP server", address)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/mcp"
	}
	return &Endpoint{URL: u.String(), Key: key}, nil
}

const (
	// drainTime is how long calls may take to be answered after the client has
	// closed its end: longer than the longest wait of a tool.
	drainTime = time.Minute
	// lastWords is how long the work under way may take once a server in this
	// process has stopped, or calls to another one are given up.
	lastWords = 5 * time.Second
	lineHead  = 64 << 10 // bytes of a line that are held at once
)

// Run carries lines until the client closes its end and its calls are answered,
// or ctx ends. A server in this process is stopped before it returns, so that
// callers who wait get a handle; calls to another one are given up.
func (b *Bridge) Run(ctx context.Context) error {
	life, end := context.WithCancel(ctx)
	defer end()
	server, err := b.Connect(life)
	if err != nil {
		return err
	}
	calls, leave := context.WithCancel(context.WithoutCancel(ctx))
	defer leave()
	// Every request has a connection of its own: one that is kept could end
	// when a request was half sent, and it would be unknown what arrived.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives, transport.DisableCompression = true, true
	r := &bridging{Bridge: b, life: life, calls: calls, transport: transport, server: server, open: map[string]*exchange{}}
	go r.watch()
	read := make(chan error, 1)
	go func() { read <- r.readLines() }()
	select {
	case err = <-read:
		r.drain(ctx, drainTime)
	case <-ctx.Done():
	}
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	if r.endpoint().Stop == nil {
		end()
		leave()
		r.drain(context.WithoutCancel(ctx), lastWords) // a search may have become the server
	}
	if stop := r.endpoint().Stop; stop != nil {
		err = errors.Join(err, stop())
		r.drain(context.WithoutCancel(ctx), lastWords)
	}
	return err
}

// bridging is one run of a bridge.
type bridging struct {
	*Bridge
	life      context.Context // of searches for a server
	calls     context.Context // of exchanges
	transport http.RoundTripper
	work      sync.WaitGroup // exchanges and searches

	writing sync.Mutex // of Out

	mu      sync.Mutex
	closing bool // nothing new is begun
	server  *Endpoint
	search  *search
	version string               // of the protocol, once a handshake has agreed on it
	open    map[string]*exchange // by the id of the call
}

// begin runs work, unless the bridge ends.
func (r *bridging) begin(work func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closing {
		r.work.Go(work)
	}
	return !r.closing
}

// drain waits for the work under way, for at most d.
func (r *bridging) drain(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	done := make(chan struct{})
	go func() { r.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// readLines begins an exchange for each line. It returns nil at the end of the
// client's stream.
func (r *bridging) readLines() error {
	in := bufio.NewReaderSize(r.In, lineHead)
	for r.life.Err() == nil {
		if err := r.readLine(in); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// readLine reads one line to its end. A short one is sent as a whole; the rest
// of a longer one is copied to the server as it comes.
func (r *bridging) readLine(in *bufio.Reader) error {
	part, err := in.ReadSlice('\n')
	if r.life.Err() != nil {
		return err // nothing new is begun
	}
	x := r.newExchange(bytes.TrimSuffix(part, []byte("\n")))
	if !errors.Is(err, bufio.ErrBufferFull) {
		cut := err != nil && !errors.Is(err, io.EOF) // a part of a line is of no use
		if cut || len(bytes.TrimSpace(x.head)) == 0 || r.isCancel(x) {
			x.cancel()
			return err
		}
		r.complete(x)
		x.begin()
		x.afterHandshake()
		return err
	}
	rest, w := io.Pipe()
	x.rest = rest
	x.begin()
	wanted := true // the server still reads
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = in.ReadSlice('\n')
		part = bytes.TrimSuffix(part, []byte("\n"))
		_, _ = x.line.Write(part)
		if wanted {
			_, gone := w.Write(part)
			wanted = gone == nil
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		x.cancel() // the server must not take the part for the whole
		_ = w.CloseWithError(err)
		return err
	}
	_ = w.Close()
	r.complete(x)
	x.afterHandshake()
	return err
}

// complete notes the calls of a line that was read to its end, so that they can
// be canceled and answered.
func (r *bridging) complete(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range x.line.messages {
		if m.call() {
			x.unanswered = append(x.unanswered, m)
			if x.ctx.Err() == nil {
				r.open[idKey(m.id)] = x
			}
		}
	}
	close(x.complete)
}

// isCancel does what a notice of cancellation says: over HTTP a call ends with
// its request. Only a line that is held as a whole can be one.
func (r *bridging) isCancel(x *exchange) bool {
	if len(x.line.messages) != 1 || x.line.messages[0].method != "notifications/cancelled" {
		return false
	}
	var m struct {
		Params struct {
			RequestID json.RawMessage `json:"requestId"`
		} `json:"params"`
	}
	if json.Unmarshal(x.head, &m) != nil {
		return false // the server says what is wrong with it
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if call := r.open[idKey(m.Params.RequestID)]; call != nil {
		call.cancel()
	}
	return true
}

// idKey is one text for all ways to write an id.
func idKey(id json.RawMessage) string {
	var v any
	if json.Unmarshal(id, &v) != nil {
		return ""
	}
	return fmt.Sprintf("%T %v", v, v)
}

// write writes a message for the client as one line.
func (r *bridging) write(message []byte) {
	line := append(bytes.Clone(message), '\n')
	for i, c := range line[:len(message)] {
		if c == '\n' || c == '\r' {
			line[i] = ' ' // in JSON a line break is space between its parts
		}
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	_, _ = r.Out.Write(line) // a client that does not listen cannot be told
}
