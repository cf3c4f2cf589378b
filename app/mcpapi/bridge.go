package mcpapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"aigc/app/fault"
	"aigc/app/task"
)

// Bridge connects an MCP client on a pair of streams to an MCP server over HTTP.
// Each line of the client is sent as the body of one POST request, and each
// message of the response is written to the client as one line. The bridge
// refuses what is not JSON-RPC, and of a long line it parses the id and the method,
// so that it can answer with an error if the server does not. The server is
// stateless: a failed request does not affect others.
type Bridge struct {
	In  io.Reader
	Out io.Writer

	// Connect finds the server, or starts one in this process. It is called at
	// the start, and again when nothing listens at the server's address any
	// more; calls do not overlap. Its context ends with the bridge.
	Connect func(context.Context) (*Endpoint, error)

	// ReconnectWindow is how long a line waits for a server that accepts
	// connections, before it is answered with server_gone.
	ReconnectWindow time.Duration
}

// Endpoint is the MCP server that a bridge sends to.
type Endpoint struct {
	URL  string       // of its MCP endpoint
	Key  string       // API key sent with every request; may be empty
	Stop func() error // stops a server in this process, which then answers waiting callers; nil for another process

	// Direct is true of a server on this machine: requests use no HTTP proxy, which
	// would see the key.
	Direct bool

	// Alive reports whether the server accepts connections. It is polled once a
	// second, so that the bridge can replace a dead server that has running tasks
	// before the next line comes. Nil: a dead server is noticed by the next line.
	Alive func(context.Context) bool
}

// NewEndpoint is the MCP server at an http(s) address; without a path, /mcp is
// appended. It fails if the address has no host.
func NewEndpoint(address, key string) (*Endpoint, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is not the address of an MCP server: expected http(s)://host:port/path", address)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/mcp"
	}
	return &Endpoint{URL: u.String(), Key: key}, nil
}

const (
	// drainTimeout limits how long calls are answered after the client has closed
	// its input. It is longer than the longest wait of a tool.
	drainTimeout = time.Minute
	// stopTimeout limits how long running exchanges are awaited after the server
	// in this process has stopped, or after calls to another server are canceled.
	stopTimeout = 5 * time.Second
	maxHead     = 64 << 10 // bytes of a line that are buffered
)

// Run forwards lines until the client closes its input and its calls are
// answered, or ctx ends. A server in this process is stopped before Run returns,
// so that waiting callers get a handle; calls to another server are canceled.
func (b *Bridge) Run(ctx context.Context) error {
	lifetime, end := context.WithCancel(ctx)
	defer end()
	server, err := b.Connect(lifetime)
	if err != nil {
		return err
	}
	callsCtx, cancelCalls := context.WithCancel(context.WithoutCancel(ctx))
	defer cancelCalls()
	// No keep-alive: a reused connection could close while a request is half
	// sent, and it would be unknown whether the request arrived.
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives, transport.DisableCompression = true, true
	direct := transport.Clone()
	direct.Proxy = nil
	r := &bridgeRun{Bridge: b, lifetime: lifetime, callsCtx: callsCtx, transport: transport, direct: direct, server: server, id: task.RandomHex(16), open: map[string]*exchange{}, running: map[*exchange]bool{}}
	watchCtx, stopWatch := context.WithCancel(lifetime)
	defer stopWatch()
	watched := make(chan struct{})
	go func() { defer close(watched); r.watchServer(watchCtx) }()
	read := make(chan error, 1)
	go func() { read <- r.readLines() }()
	select {
	case err = <-read:
		stopWatch()
		<-watched // it must not start work while drain waits for the work to end
		r.drain(ctx, drainTimeout)
	case <-ctx.Done():
	}
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	if r.endpoint().Stop == nil {
		end()
		cancelCalls()
		r.drain(context.WithoutCancel(ctx), stopTimeout) // Connect may have started a server in this process
	}
	if stop := r.endpoint().Stop; stop != nil {
		err = errors.Join(err, stop())
		r.drain(context.WithoutCancel(ctx), stopTimeout)
	}
	return err
}

// bridgeRun is one run of a bridge.
type bridgeRun struct {
	*Bridge
	lifetime  context.Context // of Connect and of reading
	callsCtx  context.Context // of exchanges
	transport http.RoundTripper
	direct    http.RoundTripper // without a proxy
	id        string            // value of stdioHeader
	work      sync.WaitGroup    // exchanges and calls of Connect

	writeMu sync.Mutex // of Out

	mu         sync.Mutex
	closing    bool // no new work is started
	server     *Endpoint
	connecting *connectAttempt
	version    string               // of the protocol, from the answer to initialize
	open       map[string]*exchange // by idKey of the call
	running    map[*exchange]bool
}

// start runs work in a goroutine unless the bridge is closing, which it reports
// as false.
func (r *bridgeRun) start(work func()) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closing {
		r.work.Go(work)
	}
	return !r.closing
}

// drain waits for running work, for at most d.
func (r *bridgeRun) drain(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	done := make(chan struct{})
	go func() { r.work.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// readLines starts an exchange for each line. It returns nil at the end of the
// client's stream.
func (r *bridgeRun) readLines() error {
	in := bufio.NewReaderSize(r.In, maxHead)
	for r.lifetime.Err() == nil {
		if err := r.readLine(in); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// readLine reads one line to its end. A line of up to maxHead bytes is sent when
// it is complete; a longer one is streamed to the server while it is read.
func (r *bridgeRun) readLine(in *bufio.Reader) error {
	part, err := in.ReadSlice('\n')
	if r.lifetime.Err() != nil {
		return err // no new work is started
	}
	x := r.newExchange(bytes.TrimSuffix(part, []byte("\n")))
	if !errors.Is(err, bufio.ErrBufferFull) {
		cut := err != nil && !errors.Is(err, io.EOF) // a truncated line is dropped
		if cut || len(bytes.TrimSpace(x.head)) == 0 || r.refuse(x.head) || r.handleCancel(x) {
			x.cancel()
			return err
		}
		x.setEarlier()
		r.finishLine(x)
		x.start()
		x.waitForHandshake()
		return err
	}
	tail, w := io.Pipe()
	x.tail = tail
	x.start()
	reading := true // the server still reads the line
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = in.ReadSlice('\n')
		part = bytes.TrimSuffix(part, []byte("\n"))
		_, _ = x.line.Write(part)
		if reading {
			_, closed := w.Write(part)
			reading = closed == nil
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		x.cancel() // the server must not accept a truncated line as complete
		_ = w.CloseWithError(err)
		return err
	}
	_ = w.Close()
	r.finishLine(x)
	x.waitForHandshake()
	return err
}

// finishLine registers the calls of a line that was read to its end, so that
// they can be canceled and answered.
func (r *bridgeRun) finishLine(x *exchange) {
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
	close(x.lineRead)
}

// refuse answers a line that is not valid JSON-RPC, and reports whether it was one.
// The answer is written before the next line is read. A longer line than maxHead is
// refused by the server.
func (r *bridgeRun) refuse(line []byte) bool {
	r.mu.Lock()
	version := r.version
	r.mu.Unlock()
	b, err := parseBody(line, version)
	switch {
	case err != nil:
		r.write(rpcError(fault.From(err)))
	case len(b.messages) == 0:
		r.write(joinArray(b.refused))
	default:
		return false
	}
	return true
}

// handleCancel reports whether a line is notifications/cancelled, and ends the
// HTTP request of the call that it names: over HTTP that cancels the call. Only
// a line that was buffered as a whole is checked.
func (r *bridgeRun) handleCancel(x *exchange) bool {
	if len(x.line.messages) != 1 || x.line.messages[0].method != "notifications/cancelled" {
		return false
	}
	var m struct {
		Params struct {
			RequestID json.RawMessage `json:"requestId"`
		} `json:"params"`
	}
	if json.Unmarshal(x.head, &m) != nil {
		return false // the server answers with the error
	}
	r.mu.Lock()
	call := r.open[idKey(m.Params.RequestID)]
	r.mu.Unlock()
	if call == nil {
		return true
	}
	if len(call.line.messages) != 1 { // the request has other calls, too: the server ends this one
		r.mu.Lock()
		defer r.mu.Unlock()
		call.canceled = append(call.canceled, idKey(m.Params.RequestID))
		return false
	}
	r.writeMu.Lock() // no answer is being written, and none is written after this
	defer r.writeMu.Unlock()
	call.cancel()
	return true
}

// idKey is the same text for all JSON spellings of an id. Integers keep all their
// digits.
func idKey(id json.RawMessage) string {
	dec := json.NewDecoder(bytes.NewReader(id))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return ""
	}
	number, ok := v.(json.Number)
	if !ok {
		return fmt.Sprintf("%T %v", v, v)
	}
	if n, err := number.Int64(); err == nil {
		return fmt.Sprintf("number %d", n)
	}
	f, err := number.Float64()
	if err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return fmt.Sprintf("number %d", int64(f))
	}
	return "number " + number.String()
}

// write writes a message to the client as one line.
func (r *bridgeRun) write(message []byte) {
	r.writeMu.Lock()
	defer r.writeMu.Unlock()
	r.writeLocked(message)
}

// writeLocked is write for a caller that has locked writeMu.
func (r *bridgeRun) writeLocked(message []byte) {
	line := append(bytes.Clone(message), '\n')
	for i, c := range line[:len(message)] {
		if c == '\n' || c == '\r' {
			line[i] = ' ' // a raw line break in JSON can only be whitespace
		}
	}
	_, _ = r.Out.Write(line) // a client that has closed its output gets nothing
}
