package web

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync/atomic"
	"time"
)

// conn is a connection of a caller, as net/http reads and writes it.
type conn struct {
	net.Conn // without the further methods of a TCPConn: its ReadFrom has no deadlines
	tcp      *net.TCPConn
	pool     *Connections
	addr     netip.Addr // under which it counts: see [network]
	exempt   bool       // a trusted proxy
	spare    bool       // beyond the limits: see spareConnections
	opened   time.Time

	state   atomic.Int32 // phase
	since   atomic.Int64 // start of the phase, in Unix nanoseconds
	head    atomic.Int64 // bytes of the headers that are being read
	unread  atomic.Bool  // the response was sent, and the caller may still send
	cut     atomic.Bool  // the response ends now: see SetWriteDeadline
	closed  atomic.Bool
	counted bool // guarded by pool.mu
	fields  fieldCounter

	// Progress of writes; net/http writes from one goroutine at a time.
	armed   time.Time // when the write deadline was set
	sent    int64     // bytes that the kernel has taken
	taken   int64     // bytes that the caller had acknowledged at the last deadline
	stalled bool      // the last deadline passed during the write in progress
}

// phase is what a connection does. Its order is that in which connections are closed
// in favour of new ones.
type phase int32

const (
	lingers     phase = iota // answered; what the caller still sends is discarded
	idle                     // between two requests
	readsHeader              // new, or in the headers of a request
	keep                     // not closed in favour of another, like all that follow
	serves                   // a handler runs
	ends                     // the handler has returned
	evicted
)

func newConn(p *Connections, tcp *net.TCPConn) *conn {
	remote := addrOf(tcp.RemoteAddr())
	c := &conn{Conn: tcp, tcp: tcp, pool: p, addr: network(remote), exempt: isWithin(p.Proxies, remote), opened: time.Now()}
	c.enter(readsHeader)
	return c
}

func (c *conn) phase() phase { return phase(c.state.Load()) }

// enter begins a phase, unless the connection was evicted.
func (c *conn) enter(next phase) bool {
	c.since.Store(time.Now().UnixNano())
	for {
		now := c.state.Load()
		if phase(now) == evicted {
			return false
		}
		if c.state.CompareAndSwap(now, int32(next)) {
			return true
		}
	}
}

// rank returns how soon the connection is closed in favour of another: the phase, and
// since when.
func (c *conn) rank(now time.Time) (phase, int64) {
	p, since := c.phase(), c.since.Load()
	if p >= keep || p == readsHeader && now.UnixNano()-since < int64(headerGrace) {
		return keep, 0
	}
	return p, since
}

// evict ends the connection unless a request has begun. The pool then
// forgets and releases it.
func (c *conn) evict() bool {
	now := c.phase()
	if now >= keep || !c.state.CompareAndSwap(int32(now), int32(evicted)) {
		return false
	}
	c.pool.Metrics.closed(map[phase]string{lingers: "unread_body", idle: "evicted_idle", readsHeader: "evicted_headers"}[now])
	return true
}

// begin is called before the handler of a request. It returns false if the connection
// was closed in favour of another.
func (c *conn) begin() bool {
	c.endHeader()
	if !c.enter(serves) {
		return false
	}
	_ = c.tcp.SetReadDeadline(time.Time{}) // the request may take as long as it needs; [Body] limits its body
	return true
}

// end is called when the handler has returned.
func (c *conn) end() {
	c.enter(ends)
	if c.spare {
		_ = c.tcp.SetReadDeadline(c.opened) // net/http does not wait for what remains of a body
	}
}

func (c *conn) endHeader() { c.pool.addHeader(-c.head.Swap(0)) }

// Read implements [net.Conn].
func (c *conn) Read(p []byte) (int, error) {
	if now := c.phase(); now == serves || now == ends {
		return c.Conn.Read(p)
	}
	if c.spare {
		left := spareBytes - int(c.head.Load())
		if left <= 0 {
			return 0, c.refuse(busy)
		}
		p = p[:min(len(p), left)]
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		if c.phase() == idle {
			c.enter(readsHeader)
		}
		c.head.Add(int64(n))
		c.pool.addHeader(int64(n))
		if c.fields.count(p[:n]) > maxFields+1 && c.phase() == readsHeader { // with the request line
			c.pool.Metrics.closed(headersTooLarge.Code)
			return 0, c.refuse(tooLarge)
		}
	}
	if c.phase() != readsHeader || !errors.Is(err, os.ErrDeadlineExceeded) {
		return n, err
	}
	switch {
	case c.spare:
		return n, c.refuse(busy)
	case c.head.Load() > 0:
		c.pool.Metrics.closed("headers_too_slow")
		return n, c.refuse(c.pool.tooSlow())
	}
	return n, err
}

// refuse sends a response in place of a handler and returns an error with which
// net/http closes the connection without a response of its own.
func (c *conn) refuse(response []byte) error {
	c.endHeader()
	c.enter(ends)
	_ = c.tcp.SetWriteDeadline(time.Now().Add(spareTime))
	_, _ = c.tcp.Write(response)
	c.cut.Store(true) // net/http reads half a request line as a whole one, and answers it
	c.unread.Store(!c.spare)
	return &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
}

// SetReadDeadline implements [net.Conn]. While no handler runs there is always a
// deadline, since some paths of net/http read a body without one, such as after its
// response 417.
func (c *conn) SetReadDeadline(t time.Time) error {
	if now := c.phase(); now != serves {
		if t.IsZero() {
			t = time.Now().Add(bodyWindow)
		}
		if limit := c.opened.Add(spareTime); c.spare && t.After(limit) {
			t = limit
		}
	}
	return c.tcp.SetReadDeadline(t)
}

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetWriteDeadline implements [net.Conn]. Write sets the deadlines itself; one that has
// passed ends the response at once.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if t.IsZero() || t.After(time.Now()) {
		return nil
	}
	c.cut.Store(true) // before the deadline, which Write may replace
	return c.tcp.SetWriteDeadline(t)
}

const (
	// writeChunk is how much is written under one deadline.
	writeChunk = 64 << 10
	// minTaken is how many bytes of a response a caller must take in each WriteTimeout.
	minTaken = 8 << 10
)

// Write implements [net.Conn]. It fails if the caller does not read: see
// [ConnectionConfig].
func (c *conn) Write(p []byte) (n int, err error) {
	if c.phase() == readsHeader {
		return c.writeRefusal(p)
	}
	for {
		if now := time.Now(); now.Sub(c.armed) > c.pool.WriteTimeout/8 {
			c.armed = now
			_ = c.tcp.SetWriteDeadline(now.Add(c.pool.WriteTimeout))
		}
		if c.cut.Load() {
			return n, os.ErrDeadlineExceeded
		}
		m, err := c.tcp.Write(p[n:min(len(p), n+writeChunk)])
		n += m
		c.sent += int64(m)
		switch {
		case err == nil && n == len(p):
			c.stalled = false
			return n, nil
		case err == nil:
			c.stalled = false
		case !errors.Is(err, os.ErrDeadlineExceeded), c.cut.Load():
			return n, err
		case !c.progressed():
			c.pool.Metrics.closed("answer_not_read")
			return n, err
		}
	}
}

// progressed reports after a write deadline whether the caller has taken enough since
// the last one. The buffer of the kernel can be so large that a slow caller makes room
// in it less often than once in a WriteTimeout, so what counts is what it acknowledges.
func (c *conn) progressed() bool {
	taken, first := c.sent-unacked(c.tcp), !c.stalled
	enough := first || taken-c.taken >= minTaken
	c.taken, c.stalled, c.armed = taken, true, time.Time{}
	return enough
}

// CloseWrite implements an interface of net/http, which calls it before it closes the
// connection of a caller that may still send.
func (c *conn) CloseWrite() error { return c.tcp.CloseWrite() }

// Close implements [net.Conn]. If the caller may still send, the kernel would reset the
// connection, and the caller would lose the response; so what it sends is read for a while.
func (c *conn) Close() error {
	if !c.closed.CompareAndSwap(false, true) {
		return net.ErrClosed
	}
	if c.unread.Load() && c.enter(lingers) {
		go c.linger()
		return nil
	}
	return c.release()
}

// Limits of what is read after the response.
const (
	lingerPause = time.Second
	lingerTime  = 5 * time.Second
	lingerBytes = 64 << 20
)

// linger discards what the caller still sends, then closes the connection.
func (c *conn) linger() {
	_ = c.tcp.CloseWrite()
	buf := make([]byte, 4<<10)
	limit := time.Now().Add(lingerTime)
	for n := 0; n < lingerBytes; {
		now := time.Now()
		deadline := now.Add(lingerPause)
		if deadline.After(limit) {
			deadline = limit
		}
		_ = c.tcp.SetReadDeadline(deadline)
		m, err := c.tcp.Read(buf)
		if n += m; err != nil {
			break
		}
	}
	_ = c.release()
}

// release closes the socket and uncounts the connection. It may be called again.
func (c *conn) release() error {
	if c == nil {
		return nil
	}
	err := c.tcp.Close()
	c.endHeader()
	c.pool.mu.Lock()
	c.pool.forget(c)
	c.pool.mu.Unlock()
	return err
}

type connKey struct{}

// connOf returns the connection of a request; nil if its server has other ones, as in
// tests.
func connOf(ctx context.Context) *conn {
	c, _ := ctx.Value(connKey{}).(*conn)
	return c
}

// expectMore notes that the caller may still send when the response has ended.
func (c *conn) expectMore() {
	if c != nil {
		c.unread.Store(!c.spare)
	}
}

// hook is the ConnState of the server.
func hook(nc net.Conn, s http.ConnState) {
	if c, ok := nc.(*conn); ok && s == http.StateIdle {
		c.fields = fieldCounter{}
		c.enter(idle)
	}
}

// fieldCounter counts the lines of the headers that are being read, so that no more
// are parsed than a request may have.
type fieldCounter struct {
	lines  int
	within bool // the last line has begun
	ended  bool
}

// count adds what was read and returns the number of lines so far.
func (f *fieldCounter) count(p []byte) int {
	for !f.ended && len(p) > 0 {
		line, after, whole := bytes.Cut(p, []byte("\n"))
		f.within = f.within || len(line) > 0 && (line[0] != '\r' || len(line) > 1)
		if p = after; !whole {
			break
		}
		if f.ended = !f.within; !f.ended {
			f.within = false
			f.lines++
		}
	}
	return f.lines
}
