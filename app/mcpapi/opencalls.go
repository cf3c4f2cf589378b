package mcpapi

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

const methodCancelled = "notifications/cancelled"

// openCalls are the calls that are not answered yet. The server is stateless, so a
// cancellation, which comes in a request of its own, finds its call here.
type openCalls struct {
	mu    sync.Mutex
	calls map[callKey][]*requestInfo
}

// lateCancel is how long a call is kept whose client has closed the connection. Its
// cancellation may come later, and must not hit a call of another client that has the
// same key by then.
const lateCancel = 10 * time.Second

// callKey is what a call and its cancellation have in common.
type callKey struct {
	caller  string
	host    string // address of the client, without the port
	session string // of the client, or the headers that tell clients apart
	id      string // idKey of the call
}

func keyOf(c *requestInfo, r *http.Request, id json.RawMessage) callKey {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	session := r.Header.Get(stdioHeader) + "\n" + r.Header.Get("Mcp-Session-Id") + "\n" + r.Header.Get("User-Agent")
	return callKey{c.caller.Name, host, session, idKey(id)}
}

// add registers the calls of a request until remove is called.
func (o *openCalls) add(c *requestInfo, r *http.Request) (remove func()) {
	var keys []callKey
	for _, m := range c.out.body.requests() {
		keys = append(keys, keyOf(c, r, m.id))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.calls == nil {
		o.calls = map[callKey][]*requestInfo{}
	}
	for _, k := range keys {
		o.calls[k] = append(o.calls[k], c)
	}
	drop := func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, k := range keys {
			if o.calls[k] = slices.DeleteFunc(o.calls[k], func(other *requestInfo) bool { return other == c }); len(o.calls[k]) == 0 {
				delete(o.calls, k)
			}
		}
	}
	return func() {
		if r.Context().Err() != nil {
			time.AfterFunc(lateCancel, drop)
			return
		}
		drop()
	}
}

// cancel ends the call that a cancellation names. If several calls have its key, it
// is ignored, since ending another client's call would be worse. The other calls of a
// batch go on.
func (o *openCalls) cancel(c *requestInfo, r *http.Request, m rpcMessage) {
	var params struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.params, &params) != nil || len(params.RequestID) == 0 {
		return
	}
	o.mu.Lock()
	found := slices.Clone(o.calls[keyOf(c, r, params.RequestID)])
	o.mu.Unlock()
	if len(found) != 1 {
		return
	}
	found[0].out.cancel(params.RequestID)
	if !found[0].out.body.batch {
		found[0].withdraw()
	}
}
