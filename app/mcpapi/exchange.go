package mcpapi

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"sync/atomic"
)

// exchange is one line on its way to the server and the answer back.
type exchange struct {
	*bridging
	line   scanner
	head   []byte         // the line, or its first part
	rest   *io.PipeReader // what follows; nil if the head is all
	ctx    context.Context
	cancel context.CancelFunc

	complete   chan struct{} // closed when the line was read to its end
	unanswered []message     // calls in it, once it is complete
	done       chan struct{}
}

func (r *bridging) newExchange(head []byte) *exchange {
	x := &exchange{bridging: r, head: bytes.Clone(head), complete: make(chan struct{}), done: make(chan struct{})}
	x.ctx, x.cancel = context.WithCancel(r.calls)
	_, _ = x.line.Write(head)
	return x
}

// begin starts the exchange, unless the bridge ends.
func (x *exchange) begin() {
	if !x.bridging.begin(x.run) && x.rest != nil {
		_ = x.rest.Close()
	}
}

// afterHandshake waits for the answer to a handshake: it says which version of
// the protocol the lines behind it are in.
func (x *exchange) afterHandshake() {
	if x.isHandshake() {
		select {
		case <-x.done:
		case <-x.life.Done():
		}
	}
}

func (x *exchange) isHandshake() bool {
	return len(x.line.messages) == 1 && x.line.messages[0].method == "initialize"
}

// run sends the line and writes its answer; calls that the server does not
// answer get the reason.
func (x *exchange) run() {
	defer close(x.done)
	server, err := x.send()
	if x.rest != nil {
		_ = x.rest.Close() // what follows of the line is only read to its end
	}
	if x.wanted() {
		x.fail(server, err)
	}
	x.cancel()
	x.mu.Lock()
	defer x.mu.Unlock()
	maps.DeleteFunc(x.open, func(_ string, call *exchange) bool { return call == x })
}

// wanted waits until the line was read to its end. It is false when the client
// has canceled the call or the bridge ends: then no answer is wanted.
func (x *exchange) wanted() bool {
	select {
	case <-x.complete:
	case <-x.ctx.Done():
	}
	return x.ctx.Err() == nil
}

// unsent is why nothing of a line was sent.
type unsent struct{ error }

// send sends the line and writes the messages of the response. As long as surely
// nothing of the line was sent it is tried again, with the server that takes the
// place of the one that is gone.
func (x *exchange) send() (*Endpoint, error) {
	waiting, cancel := context.WithTimeout(x.ctx, x.Patience)
	defer cancel()
	for server := x.endpoint(); ; {
		body := &lineBody{Reader: bytes.NewReader(x.head), rest: x.rest}
		if x.rest != nil {
			body.Reader = io.MultiReader(body.Reader, x.rest)
		}
		err := x.post(server, body)
		if err == nil || body.used.Load() || x.ctx.Err() != nil {
			return server, err
		}
		if server.Stop != nil { // this process is ending
			return server, unsent{err}
		}
		next, none := x.replace(waiting, server)
		if none != nil || waiting.Err() != nil {
			if none != nil && waiting.Err() == nil {
				err = none
			}
			return server, unsent{err}
		}
		server = next
	}
}

// lineBody is the body of one try. As long as nothing of it was read, the line
// stays open for the next one.
type lineBody struct {
	io.Reader
	rest *io.PipeReader
	used atomic.Bool
}

func (b *lineBody) Read(p []byte) (int, error) {
	b.used.Store(true)
	return b.Reader.Read(p)
}

func (b *lineBody) Close() error {
	if b.rest != nil && b.used.Load() {
		return b.rest.Close()
	}
	return nil
}

const (
	versionHeader = "Mcp-Protocol-Version"

	// stdioHeader says that a body came over stdio, where a message has no
	// headers: the server finds in it what they would say.
	stdioHeader = "Aigc-Stdio"
)

// post sends the line to a server and writes what it says.
func (x *exchange) post(server *Endpoint, body *lineBody) error {
	req, err := http.NewRequestWithContext(x.ctx, http.MethodPost, server.URL, body)
	if err != nil {
		return err
	}
	req.ContentLength = -1
	if x.rest == nil {
		req.ContentLength = int64(len(x.head))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set(stdioHeader, "1")
	if server.Key != "" {
		req.Header.Set("Authorization", "Bearer "+server.Key)
	}
	x.mu.Lock()
	if x.version != "" {
		req.Header.Set(versionHeader, x.version)
	}
	x.mu.Unlock()
	resp, err := x.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body.used.Store(true) // a server may refuse a line that it has not read
	return x.copy(resp)
}
