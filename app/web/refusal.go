package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"aigc/app/fault"
)

// Limits of the request line and the headers of a request.
const (
	maxHeaderBytes = 32 << 10
	netHTTPSlop    = 4 << 10 // net/http allows so many bytes more than it is told
	maxFields      = 200     // in memory a short field takes 20 times its length
)

var (
	tooManyConnections = fault.Error{
		Kind: fault.Unavailable, Code: "too_many_connections", Charged: fault.ChargedNo, RetryAfter: defaultRetryAfter,
		Message: "Too many connections are open, in all or from this address (AIGC_MAX_CONNECTIONS, a quarter of it from one address). Use connections again, and try later.",
	}
	headersTooLarge = fault.Error{
		Kind: fault.HeadersTooLarge, Code: "headers_too_large", Charged: fault.ChargedNo,
		Message: fmt.Sprintf("The request line and the headers may have %d KB and %d fields in all.", maxHeaderBytes>>10, maxFields),
	}
	badExpectation = fault.Error{
		Kind: fault.Malformed, Code: "expectation_failed", Charged: fault.ChargedNo, Message: "The header Expect may only be 100-continue.",
	}
	badTransfer = fault.Error{
		Kind: fault.Malformed, Code: "transfer_encoding", Charged: fault.ChargedNo, Message: "The header Transfer-Encoding may only be chunked.",
	}
	badVersion = fault.Error{
		Kind: fault.Malformed, Code: "http_version", Charged: fault.ChargedNo, Message: "The version of HTTP must be 1.1 or 1.0.",
	}
	malformed = fault.Error{Kind: fault.Malformed, Charged: fault.ChargedNo}
)

// The responses to a connection beyond the limits, and to headers beyond theirs.
var (
	busy     = rawResponse(&tooManyConnections)
	tooLarge = rawResponse(&headersTooLarge)
)

// tooSlow is the response to headers that did not arrive in time.
func (p *Connections) tooSlow() []byte {
	return rawResponse(fault.New(fault.RequestTimeout, "headers_too_slow", "The headers of the request did not arrive within %s.", p.HeaderTimeout).WithCharge(fault.ChargedNo))
}

// rawResponse is a whole HTTP response with a problem document, after which the
// connection is closed.
func rawResponse(f *fault.Error) []byte {
	h := http.Header{}
	body := problemBody(h, f)
	var out bytes.Buffer
	status := f.Kind.Status()
	fmt.Fprintf(&out, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	_ = h.Write(&out) // a bytes.Buffer takes all
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes()
}

// problemBody sets the headers of a response with a problem document and returns its
// body. The connection is closed after it.
func problemBody(h http.Header, f *fault.Error) []byte {
	body, _ := json.Marshal(NewProblem(f, "")) // always marshals
	setFaultHeaders(h, f)
	h.Set("Connection", "close")
	h.Set("Content-Type", ProblemJSON)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	return body
}

// respondProblem responds to a request that no face sees.
func respondProblem(w http.ResponseWriter, f *fault.Error) {
	body := problemBody(w.Header(), f)
	w.WriteHeader(f.Kind.Status())
	_, _ = w.Write(body) // fails only if the caller has left
}

// ownErrors are the beginnings of net/http's own responses, in plain text, to what is
// no request, and the faults that take their place.
var ownErrors = []struct {
	start  string
	fault  *fault.Error
	reason string
}{
	{"HTTP/1.1 431 ", &headersTooLarge, "headers_too_large"},
	{"HTTP/1.1 417 ", &badExpectation, "malformed"},
	{"HTTP/1.1 501 ", &badTransfer, "malformed"},
	{"HTTP/1.1 505 ", &badVersion, "malformed"},
	{"HTTP/1.1 400 ", &malformed, "malformed"},
}

// writeRefusal writes a response that net/http makes before there is a handler; as a
// problem document where it refuses a request.
func (c *conn) writeRefusal(p []byte) (int, error) {
	c.endHeader()
	c.enter(ends)
	_ = c.tcp.SetReadDeadline(c.opened) // net/http does not wait for a body
	out := p
	for _, e := range ownErrors {
		if !bytes.HasPrefix(p, []byte(e.start)) {
			continue
		}
		f := *e.fault
		if f.Message == "" {
			head, _, _ := bytes.Cut(p, []byte("\r\n"))
			f.Message = fmt.Sprintf("This is not a request of HTTP/1.1: %s.", head[len(e.start):])
		}
		c.pool.Metrics.closed(e.reason)
		out = rawResponse(&f)
		break
	}
	_ = c.tcp.SetWriteDeadline(time.Now().Add(spareTime))
	_, err := c.tcp.Write(out)
	c.unread.Store(true)
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// refusals counts refused connections and logs them at most once a minute. It is
// guarded by the mutex of its pool.
type refusals struct {
	pool    *Connections
	byWhy   map[string]int
	last    netip.Addr
	pending bool // flush runs within a minute
}

// reportInterval is the time between two log lines about refused connections.
const reportInterval = time.Minute

func (r *refusals) add(why string, addr netip.Addr) {
	r.pool.Metrics.refused(why)
	if r.byWhy == nil {
		r.byWhy = map[string]int{}
	}
	r.byWhy[why]++
	r.last = addr
	if !r.pending {
		r.log()
		r.pending = true
		time.AfterFunc(reportInterval, r.flush)
	}
}

// flush logs what was refused in the last minute.
func (r *refusals) flush() {
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	if r.pending = len(r.byWhy) > 0; r.pending {
		r.log()
		time.AfterFunc(reportInterval, r.flush)
	}
}

func (r *refusals) log() {
	r.pool.Log.Warn().Int("address_limit", r.byWhy["address"]).Int("total_limit", r.byWhy["total"]).Stringer("last_address", r.last).
		Int("open", r.pool.open).Int("limit", r.pool.Max).Int("limit_of_address", r.pool.perAddress).
		Msg("connections were refused, since too many are open (AIGC_MAX_CONNECTIONS)")
	clear(r.byWhy)
}
