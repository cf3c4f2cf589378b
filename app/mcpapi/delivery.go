package mcpapi

import (
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	"aigc/app/web"
)

// delivery is the answer to one tool call: [service.Delivery]. It is delivered if the
// tool has returned, the client has not canceled the call, and the exchange wrote its
// response wholly.
type delivery struct {
	exchange *web.Exchange
	confirm  bool // the client is behind a bridge, which confirms what it has written

	mu       sync.Mutex
	begin    []func(confirmed bool)
	end      []func(delivered bool)
	returned bool
	canceled bool
}

// confirmWithin is how long a bridge may take to write an answer to its client.
const confirmWithin = 5 * time.Second

// Notify implements [service.Delivery].
func (d *delivery) Notify(begin func(confirmed bool), end func(delivered bool)) {
	var once sync.Once
	endOnce := func(delivered bool) { once.Do(func() { end(delivered) }) }
	d.mu.Lock()
	d.begin, d.end = append(d.begin, begin), append(d.end, endOnce)
	canceled := d.canceled
	d.mu.Unlock()
	if canceled {
		endOnce(false)
	}
	d.exchange.OnEnd(func(written bool) {
		if written = written && d.valid(); written && d.confirm {
			time.AfterFunc(confirmWithin, func() { endOnce(false) })
			return
		}
		endOnce(written)
	})
}

func (d *delivery) valid() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.returned && !d.canceled
}

// cancel ends the call without an answer, although one may still be written. When it
// returns, an equal call joins the task.
func (d *delivery) cancel() {
	d.mu.Lock()
	end := d.end
	d.canceled = true
	d.mu.Unlock()
	for _, f := range end {
		f(false)
	}
}

// returning is called when the tool is about to return.
func (d *delivery) returning() {
	d.mu.Lock()
	begin := d.begin
	d.begin, d.returned = nil, !d.canceled
	d.mu.Unlock()
	for _, f := range begin {
		f(d.confirm)
	}
}

// callID names a call of a client: what a stateless server knows of it.
type callID struct{ owner, address, session, id string }

// openCalls are the calls that a client can cancel.
type openCalls struct {
	mu    sync.Mutex
	calls map[callID][]*openCall
}

type openCall struct{ cancel func() }

// add registers a call until remove. A call without an id cannot be canceled.
func (o *openCalls) add(id callID, cancel func()) (remove func()) {
	if id.id == "" {
		return func() {}
	}
	c := &openCall{cancel}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls == nil {
		o.calls = map[callID][]*openCall{}
	}
	o.calls[id] = append(o.calls[id], c)
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		kept := o.calls[id][:0]
		for _, other := range o.calls[id] {
			if other != c {
				kept = append(kept, other)
			}
		}
		if o.calls[id] = kept; len(kept) == 0 {
			delete(o.calls, id)
		}
	}
}

// cancel ends the wait of a call, never its task. Two clients behind one address may
// count their calls alike: if several calls match, none is canceled.
func (o *openCalls) cancel(id callID) {
	var found *openCall
	o.mu.Lock()
	if list := o.calls[id]; id.id != "" && len(list) == 1 {
		found = list[0]
	}
	o.mu.Unlock()
	if found != nil {
		found.cancel()
	}
}

// callOf identifies the call that a request has, and cancels the one that it names if
// it is notifications/cancelled. A batch of several calls has no id: its calls cannot
// be told apart.
func (s *Server) callOf(x *web.Exchange, r *http.Request, doc []byte) callID {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	id := callID{owner: x.Caller.Name, address: address, session: r.Header.Get("Mcp-Session-Id") + " " + r.Header.Get(stdioHeader)}
	var scan scanner
	_, _ = scan.Write(doc)
	if len(scan.messages) != 1 {
		return id
	}
	switch m := scan.messages[0]; {
	case m.call():
		id.id = idKey(m.id)
	case m.method == cancelledMethod:
		var n struct {
			Params struct {
				RequestID json.RawMessage `json:"requestId"`
			} `json:"params"`
		}
		if json.Unmarshal(doc, &n) == nil {
			named := id
			named.id = idKey(n.Params.RequestID)
			s.open.cancel(named)
		}
	}
	return id
}

const cancelledMethod = "notifications/cancelled"
