package mcpapi

import (
	"aigc/app/task"
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// exchange sends one line of the client to the server and forwards the response.
type exchange struct {
	*bridgeRun
	line   scanner
	head   []byte         // the line, or its first maxHead bytes
	tail   *io.PipeReader // the remaining bytes; nil if the line fits in head
	ctx    context.Context
	cancel context.CancelFunc

	dropped   bool      // canceled by the client: nothing is written any more; guarded by writeMu
	confirmTo *Endpoint // the server that expects to be told which answers were written; nil: none

	lineRead   chan struct{} // closed when the line has been read to its end
	unanswered []message     // calls of the line without an answer; valid after lineRead
	done       chan struct{}

	canceled []string // idKey of the canceled calls of a batch; guarded by mu

	earlier, earlierTools []*exchange // of a ping: see setEarlier
}

func (r *bridgeRun) newExchange(head []byte) *exchange {
	x := &exchange{bridgeRun: r, head: bytes.Clone(head), lineRead: make(chan struct{}), done: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(r.callsCtx)
	_, _ = x.line.Write(head)
	return x
}

// start runs the exchange unless the bridge is closing.
func (x *exchange) start() {
	x.mu.Lock()
	x.running[x] = true
	x.mu.Unlock()
	if !x.bridgeRun.start(x.run) && x.tail != nil {
		_ = x.tail.Close()
	}
}

// waitForHandshake blocks while the line is an initialize request, since its
// answer has the protocol version that later requests send in a header.
func (x *exchange) waitForHandshake() {
	if x.isHandshake() {
		select {
		case <-x.done:
		case <-x.lifetime.Done():
		}
	}
}

func (x *exchange) isHandshake() bool {
	return len(x.line.messages) == 1 && x.line.messages[0].method == "initialize"
}

// run sends the line and writes the answers; each call that the server does not
// answer gets an error with the reason.
func (x *exchange) run() {
	defer close(x.done)
	x.waitForEarlier()
	server, err := x.send()
	if x.tail != nil {
		_ = x.tail.Close() // the remaining line is read and discarded
	}
	if x.wantsAnswer() {
		x.answerFailed(server, err)
	}
	x.cancel()
	x.mu.Lock()
	defer x.mu.Unlock()
	maps.DeleteFunc(x.open, func(_ string, call *exchange) bool { return call == x })
	delete(x.running, x)
}

const (
	// pingOrder limits how long a ping waits for the answers to earlier lines, and
	// toolOrder how long for those of tools, which may take a minute.
	pingOrder = 5 * time.Second
	toolOrder = 300 * time.Millisecond
)

// waitForEarlier delays a ping until the lines before it are answered, within
// limits: clients use a ping to learn that what they sent before was handled.
func (x *exchange) waitForEarlier() {
	wait := func(limit time.Duration, earlier []*exchange) {
		ctx, cancel := context.WithTimeout(x.ctx, limit)
		defer cancel()
		for _, other := range earlier {
			select {
			case <-other.done:
			case <-ctx.Done():
				return
			}
		}
	}
	wait(pingOrder, x.earlier)
	wait(toolOrder, x.earlierTools)
}

// setEarlier notes the lines of a ping that are not answered yet.
func (x *exchange) setEarlier() {
	if len(x.line.messages) != 1 || x.line.messages[0].method != "ping" {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for other := range x.running {
		tool := slices.ContainsFunc(other.line.messages, func(m message) bool { return m.method == "tools/call" })
		switch {
		case other == x:
		case tool:
			x.earlierTools = append(x.earlierTools, other)
		default:
			x.earlier = append(x.earlier, other)
		}
	}
}

// answer writes a message unless the client has canceled the call, and reports whether
// the client took it.
func (x *exchange) answer(message []byte) bool {
	x.writeMu.Lock()
	defer x.writeMu.Unlock()
	return x.ctx.Err() == nil && !x.dropped && x.writeLocked(message)
}

// wantsAnswer waits until the line has been read to its end. It is false if the
// client has canceled the call or the bridge ends: then no answer is written.
func (x *exchange) wantsAnswer() bool {
	select {
	case <-x.lineRead:
	case <-x.ctx.Done():
	}
	return x.ctx.Err() == nil
}

// notSentError is the reason why no byte of a line was sent.
type notSentError struct{ error }

// send sends the line and forwards the response. While no byte of the line was
// sent, it waits up to ReconnectWindow for the next server and tries again. After
// the first byte it never retries, since the call may have been executed.
func (x *exchange) send() (*Endpoint, error) {
	waiting, cancel := context.WithTimeout(x.ctx, x.ReconnectWindow)
	defer cancel()
	for server := x.endpoint(); ; {
		body := &lineBody{Reader: bytes.NewReader(x.head), tail: x.tail}
		if x.tail != nil {
			body.Reader = io.MultiReader(body.Reader, x.tail)
		}
		err := x.post(server, body)
		if err == nil || body.used.Load() || x.ctx.Err() != nil {
			return server, err
		}
		if server.Stop != nil { // the server runs in this process, which is stopping
			return server, notSentError{err}
		}
		next, connectErr := x.replace(waiting, server)
		if connectErr != nil || waiting.Err() != nil {
			if connectErr != nil && waiting.Err() == nil {
				err = connectErr
			}
			return server, notSentError{err}
		}
		server = next
	}
}

// lineBody is the request body of one attempt. If nothing of it was read, Close
// keeps the tail open for the next attempt.
type lineBody struct {
	io.Reader
	tail *io.PipeReader
	used atomic.Bool
}

func (b *lineBody) Read(p []byte) (int, error) {
	b.used.Store(true)
	return b.Reader.Read(p)
}

func (b *lineBody) Close() error {
	if b.tail != nil && b.used.Load() {
		return b.tail.Close()
	}
	return nil
}

const (
	versionHeader = "Mcp-Protocol-Version"

	// stdioHeader marks a body that came over stdio, where messages have no
	// headers: the server takes their values from the body. Its value is random for
	// each run of a bridge.
	stdioHeader = "Aigc-Stdio"

	// confirmHeader asks the server to take an answer for delivered only when the
	// bridge confirms that it has written it to its client: by a request whose
	// confirmedHeader names the task. A server that does so returns the header.
	confirmHeader   = "Aigc-Confirm"
	confirmedHeader = "Aigc-Confirmed"
)

// post sends the line to a server and forwards its response.
func (x *exchange) post(server *Endpoint, body *lineBody) error {
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, server.URL, body)
	if err != nil {
		return err
	}
	req.ContentLength = -1
	if x.tail == nil {
		req.ContentLength = int64(len(x.head))
	}
	x.setMessageHeaders(req)
	req.Header.Set(confirmHeader, "1")
	resp, err := x.roundTrip(server, req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body.used.Store(true) // a server may reject a line that it has not read
	if resp.Header.Get(confirmHeader) != "" {
		x.confirmTo = server
	}
	return x.forwardResponse(resp)
}

// setMessageHeaders sets the headers of a request that has a message for a body.
func (r *bridgeRun) setMessageHeaders(req *http.Request) {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version != "" {
		req.Header.Set(versionHeader, r.version)
	}
}

// roundTrip sends a request to a server, with the bridge's id and the key.
func (r *bridgeRun) roundTrip(server *Endpoint, req *http.Request) (*http.Response, error) {
	req.Header.Set(stdioHeader, r.id)
	if server.Key != "" {
		req.Header.Set("Authorization", "Bearer "+server.Key)
	}
	transport := r.transport
	if server.Direct {
		transport = r.direct
	}
	return transport.RoundTrip(req)
}

// cancelTimeout limits how long a cancellation keeps the lines behind it waiting.
const cancelTimeout = 2 * time.Second

// forwardCancel sends a cancellation and waits for its answer: a call in the next line
// may repeat the canceled one, and the server must know by then that it was canceled.
func (r *bridgeRun) forwardCancel(line []byte) {
	server := r.endpoint()
	ctx, cancel := context.WithTimeout(r.callsCtx, cancelTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, bytes.NewReader(line))
	if err != nil {
		return
	}
	r.setMessageHeaders(req)
	if resp, err := r.roundTrip(server, req); err == nil {
		_ = resp.Body.Close()
	}
}

// confirmAnswer tells the server that the client has got an answer about a task. If
// that fails, an equal call of the client gets the same task once more.
func (x *exchange) confirmAnswer(server *Endpoint, id string) {
	ctx, cancel := context.WithTimeout(x.callsCtx, task.ConfirmWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, http.NoBody)
	if err != nil {
		return
	}
	req.Header.Set(confirmedHeader, id)
	if resp, err := x.roundTrip(server, req); err == nil {
		_ = resp.Body.Close()
	}
}
