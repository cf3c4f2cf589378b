package web

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"aigc/app/disk"
)

// ConnectionConfig is the configuration of [Connections].
type ConnectionConfig struct {
	// Max is the limit of open connections; 0, and what is more: [DefaultConnections].
	// One address may have a quarter of it.
	Max int
	// Proxies are the addresses that may have more than a quarter.
	Proxies []netip.Prefix
	Log     zerolog.Logger
	Metrics *Metrics // nil: none

	HeaderTimeout time.Duration // for the headers of a request, from its first byte; default 10 s
	IdleTimeout   time.Duration // between two requests of a connection; default 2 min
	WriteTimeout  time.Duration // a caller that takes less than minTaken of a response in it, twice, is gone; default 20 s
}

// Connections are the connections of all listeners of a process. They limit how many
// are open at a time, so that callers cannot use up the descriptors that purchases
// need, and how many of them have the same address, so that one caller cannot shut out
// the others. For a new connection beyond a limit one is closed that no request depends
// on. If there is none the new one is refused with 503; see spareConnections for probes.
type Connections struct {
	ConnectionConfig
	perAddress int
	headers    atomic.Int64 // bytes of incomplete headers, of all connections

	mu     sync.Mutex
	open   int // without spare ones
	spare  map[*conn]struct{}
	groups map[netip.Addr]*group
	report refusals
}

// group is the connections of one address: of an IPv4 address, or of an IPv6 network of
// 64 bits, since that is what one caller has.
type group struct {
	conns     map[*conn]struct{}
	spare     int
	noneUntil time.Time // before then none of them can be closed
}

const (
	// maxDefault limits the default of Max, since each connection takes memory, too:
	// some 20 KB, and its headers.
	maxDefault = 8192

	// spareConnections are accepted beyond the limits, to answer GET /livez and GET
	// /readyz: a probe must see that the process lives. They have spareTime and
	// spareBytes for their request; the answer to any other is 503.
	spareConnections = 32
	spareTime        = time.Second
	spareBytes       = 1 << 10

	// maxHeaders limits the incomplete headers of all connections in bytes. Those of a
	// connection are closed for it if they have largeHeaders bytes.
	maxHeaders   = 4 << 20
	largeHeaders = 2 << 10

	// headerGrace is how long the headers of a new request can take before the
	// connection may be closed in favour of another.
	headerGrace = time.Second

	// rescan is the time between two searches for a connection to close, after one
	// that found none.
	rescan = 20 * time.Millisecond
)

// DefaultConnections is half of the descriptors that the process may open, and at most
// maxDefault. The other half is for the tasks.
func DefaultConnections() int {
	n, err := disk.Descriptors()
	if err != nil {
		return maxDefault
	}
	return max(4, min(maxDefault, n/2))
}

// NewConnections makes the connections of a process.
func NewConnections(c ConnectionConfig) *Connections {
	most := DefaultConnections()
	if n, err := disk.Descriptors(); err == nil && c.Max > n/2 {
		c.Log.Warn().Int("wanted", c.Max).Int("limit", n/2).Int("descriptors", n).Msg("AIGC_MAX_CONNECTIONS is more than half of the descriptors; that half is the limit")
		c.Max = n / 2
	}
	c.Max = cmp.Or(c.Max, most)
	c.HeaderTimeout = cmp.Or(c.HeaderTimeout, 10*time.Second)
	c.IdleTimeout = cmp.Or(c.IdleTimeout, 2*time.Minute)
	c.WriteTimeout = cmp.Or(c.WriteTimeout, 20*time.Second)
	p := &Connections{ConnectionConfig: c, perAddress: max(1, c.Max/4), groups: map[netip.Addr]*group{}, spare: map[*conn]struct{}{}}
	p.report = refusals{pool: p}
	return p
}

// listener is a [net.Listener] whose connections count in the pool.
type listener struct {
	net.Listener
	pool *Connections
}

// Accept implements [net.Listener]. Its errors are those of the socket: net/http tries
// again after a pause if there are no descriptors.
func (l listener) Accept() (net.Conn, error) {
	for {
		tcp, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if c := l.pool.admit(tcp.(*net.TCPConn)); c != nil {
			return c, nil
		}
	}
}

// admit returns the connection to serve; nil if it is refused and closed.
func (p *Connections) admit(tcp *net.TCPConn) *conn {
	c := newConn(p, tcp)
	p.mu.Lock()
	why, victim := p.place(c)
	if why != "" {
		p.report.add(why, c.addr)
	}
	p.mu.Unlock()
	_ = victim.release()
	if why == "" || c.spare {
		return c
	}
	_ = tcp.SetWriteDeadline(c.opened.Add(spareTime))
	_, _ = tcp.Write(busy) // into the empty buffer of a new connection: it does not block
	_ = tcp.Close()
	return nil
}

// place counts a new connection, or returns why it is beyond a limit. The victim is to
// be closed for it; nil: none.
func (p *Connections) place(c *conn) (why string, victim *conn) {
	g := p.groups[c.addr]
	if g == nil {
		g = &group{conns: map[*conn]struct{}{}}
		p.groups[c.addr] = g
	}
	switch {
	case !c.exempt && len(g.conns) >= p.perAddress:
		if victim = g.victim(c.opened); victim == nil {
			why = "address"
		}
	case p.open >= p.Max:
		if victim = p.victim(c.opened); victim == nil {
			why = "total"
		}
	}
	if why != "" && len(p.spare) == spareConnections {
		victim = p.spareVictim(g)
	}
	if victim != nil {
		p.forget(victim)
	}
	switch {
	case why == "":
		p.groups[c.addr] = g // removed with the victim if that was its last
		g.conns[c] = struct{}{}
		p.open++
		p.Metrics.connection(1)
	case len(p.spare) < spareConnections && g.spare < spareConnections/4:
		c.spare = true
		p.spare[c] = struct{}{}
		g.spare++
	default:
		p.tidy(c.addr, g)
		return why, victim
	}
	c.counted = true
	return why, victim
}

// forget uncounts a connection. It may be called again.
func (p *Connections) forget(c *conn) {
	g := p.groups[c.addr]
	if !c.counted {
		return
	}
	c.counted = false
	if c.spare {
		delete(p.spare, c)
		g.spare--
	} else {
		p.open--
		delete(g.conns, c)
		p.Metrics.connection(-1)
	}
	g.noneUntil = time.Time{}
	p.tidy(c.addr, g)
}

func (p *Connections) tidy(addr netip.Addr, g *group) {
	if len(g.conns) == 0 && g.spare == 0 {
		delete(p.groups, addr)
	}
}

// victim selects and ends the connection of the group that is missed least; nil: none.
func (g *group) victim(now time.Time) *conn {
	if now.Before(g.noneUntil) {
		return nil
	}
	var best *conn
	bestRank, bestSince := keep, int64(0)
	for c := range g.conns {
		rank, since := c.rank(now)
		if rank < bestRank || rank == bestRank && rank != keep && since < bestSince {
			best, bestRank, bestSince = c, rank, since
		}
	}
	if best == nil || !best.evict() {
		g.noneUntil = now.Add(rescan)
		return nil
	}
	return best
}

// victim selects and ends a connection of the address that has the most of those with
// one to close; nil: none.
func (p *Connections) victim(now time.Time) *conn {
	for tried := map[*group]bool{}; ; {
		var most *group
		for _, g := range p.groups {
			if !tried[g] && (most == nil || len(g.conns) > len(most.conns)) {
				most = g
			}
		}
		if most == nil || len(tried) == 16 { // a flood from many addresses must not cost a search of all
			return nil
		}
		tried[most] = true
		if c := most.victim(now); c != nil {
			return c
		}
	}
}

// spareVictim selects and ends a spare connection in favour of one from an address with
// fewer connections, so that a flood from many addresses does not shut out the probe of
// another; nil: none.
func (p *Connections) spareVictim(g *group) *conn {
	var most *conn
	size := len(g.conns) + g.spare + 1
	for c := range p.spare {
		of := p.groups[c.addr]
		if n := len(of.conns) + of.spare; n > size && c.phase() < keep {
			most, size = c, n
		}
	}
	if most == nil || !most.evict() {
		return nil
	}
	return most
}

// addHeader counts bytes of incomplete headers. Beyond maxHeaders it closes the
// connections that have waited longest for the end of large ones, until a quarter is
// free: the search takes all connections.
func (p *Connections) addHeader(n int64) {
	if p.headers.Add(n) <= maxHeaders || n < 0 {
		return
	}
	var closed []*conn
	p.mu.Lock()
	if over := p.headers.Load() - maxHeaders*3/4; over > maxHeaders/4 { // not so if another search has just ended
		var large []*conn
		for _, g := range p.groups {
			for c := range g.conns {
				if c.phase() == readsHeader && c.head.Load() >= largeHeaders {
					large = append(large, c)
				}
			}
		}
		slices.SortFunc(large, func(a, b *conn) int { return cmp.Compare(a.since.Load(), b.since.Load()) })
		for _, c := range large {
			if over <= 0 {
				break
			}
			if size := c.head.Load(); c.evict() {
				over -= size
				p.forget(c)
				closed = append(closed, c)
			}
		}
	}
	p.mu.Unlock()
	for _, c := range closed {
		_ = c.release()
	}
}
