package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"aigc/app/web"
)

// crowd is a listener with a small limit, and connections to it.
type crowd struct {
	*web.Listener
	t        *testing.T
	log      *logBuffer
	registry *prometheus.Registry
	hold     chan struct{} // the handler of /wait returns when it is closed
	waiting  chan bool     // gets a value when the handler of /wait begins
}

func gather(t *testing.T, limit int, proxies ...netip.Prefix) *crowd {
	c := &crowd{t: t, log: &logBuffer{}, registry: prometheus.NewRegistry(), hold: make(chan struct{}), waiting: make(chan bool, 100)}
	c.Listener = listenOn(t, web.ConnectionConfig{Max: limit, Proxies: proxies, Log: zerolog.New(c.log), Metrics: web.NewMetrics(c.registry)})
	t.Cleanup(sync.OnceFunc(func() { close(c.hold) }))
	c.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			c.waiting <- true
			<-c.hold
		}
		_, _ = io.WriteString(w, "fine")
	}))
	return c
}

// from opens a connection from a loopback address and sends text.
func (c *crowd) from(ip, text string) net.Conn {
	c.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	conn, err := d.DialContext(c.t.Context(), "tcp", strings.TrimPrefix(c.URL(), "http://"))
	if err != nil {
		c.t.Skipf("no connection from %s: %v", ip, err) // not all systems have all of 127.0.0.0/8
	}
	c.t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		c.t.Fatal(err)
	}
	return conn
}

// occupy opens a connection whose request waits. It tries again while it is refused: a
// connection becomes idle only after its caller has the response.
func (c *crowd) occupy(ip string) {
	c.t.Helper()
	for {
		conn := c.from(ip, getWait)
		refused := make(chan error, 1)
		go func() {
			_, err := conn.Read(make([]byte, 1))
			refused <- err
		}()
		select {
		case <-c.waiting:
			return
		case err := <-refused:
			if err != nil {
				c.t.Fatal(err)
			}
			_ = conn.Close()
		}
	}
}

const (
	getFine = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	getWait = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"
)

// want reads a response and checks its status.
func (c *crowd) want(conn net.Conn, status int) *http.Response {
	c.t.Helper()
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != status {
		c.t.Fatalf("%s, want %d", res.Status, status)
	}
	return res
}

// wantClosed waits until the server has closed a connection.
func (c *crowd) wantClosed(conn net.Conn) {
	c.t.Helper()
	if text, err := io.ReadAll(conn); err != nil && strings.Contains(err.Error(), "timeout") || len(text) > 0 {
		c.t.Fatalf("not closed: %q %v", text, err)
	}
}

// wantProblem checks a response with a problem document.
func wantProblem(t *testing.T, res *http.Response, code string) {
	t.Helper()
	var p web.Problem
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if kind := res.Header.Get("Content-Type"); kind != web.ProblemJSON || p.Code != code || p.Status != res.StatusCode || p.Charged != "no" || !res.Close || p.Detail == "" {
		t.Errorf("%s %s %+v", res.Status, kind, p)
	}
}

// The share of an address is a quarter of the limit. Beyond it connections between two
// requests are closed first, and those with a request in progress never.
func TestShareOfAddress(t *testing.T) {
	t.Parallel()
	c := gather(t, 16) // 4 for one address
	first := c.from("127.0.0.1", getFine)
	c.want(first, 200)
	for range 3 {
		c.occupy("127.0.0.1")
	}
	c.occupy("127.0.0.1") // in place of the first
	c.wantClosed(first)

	refused := c.want(c.from("127.0.0.1", getFine), 503)
	wantProblem(t, refused, "too_many_connections")
	if after := refused.Header.Get("Retry-After"); after != "5" {
		t.Errorf("Retry-After: %s", after)
	}
	for range 4 {
		c.occupy("127.0.0.2")
	}
	for _, path := range []string{"/livez", "/readyz"} {
		res := c.want(c.from("127.0.0.1", "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200)
		if text, _ := io.ReadAll(res.Body); string(text) != "fine" || !res.Close {
			t.Errorf("%s: %q, closed %v", path, text, res.Close)
		}
	}
	wantProblem(t, c.want(c.from("127.0.0.1", "GET /livez HTTP/1.1\r\nX-Long: "+strings.Repeat("x", 2000)), 503), "too_many_connections") // not read to its end
	wantProblem(t, c.want(c.from("127.0.0.1", ""), 503), "too_many_connections")                                                          // after a second
	families, err := c.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]string{}
	for _, f := range families {
		counted[f.GetName()] = fmt.Sprint(f.GetMetric())
	}
	for name, want := range map[string]string{"aigc_http_connections_refused_total": "address", "aigc_http_connections_closed_total": "evicted_idle", "aigc_http_connections_open": "gauge"} {
		if !strings.Contains(counted[name], want) {
			t.Errorf("%s: %s", name, counted[name])
		}
	}
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	if text := c.log.text.String(); strings.Count(text, "AIGC_MAX_CONNECTIONS") != 1 || !strings.Contains(text, `"address_limit":1,`) {
		t.Errorf("logged %s", text)
	}
}

// A connection whose headers do not end makes room for another of its address.
func TestIncompleteHeadersMakeRoom(t *testing.T) {
	t.Parallel()
	c := gather(t, 8) // 2 for one address
	first := c.from("127.0.0.1", "GET / HTTP/1.1\r\nHost: ")
	c.from("127.0.0.1", "")
	for status := 0; status != 200; { // until the first is old enough
		res, err := http.Get(c.URL())
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		status = res.StatusCode
	}
	c.wantClosed(first)
}

// At the limit of all addresses a connection of the address that has the most makes
// room.
func TestLimitOfAllAddresses(t *testing.T) {
	t.Parallel()
	c := gather(t, 8)
	var idle []net.Conn
	for _, ip := range []string{"127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3", "127.0.0.4", "127.0.0.4"} {
		c.occupy(ip)
	}
	for range 2 {
		idle = append(idle, c.from("127.0.0.5", getFine))
		c.want(idle[len(idle)-1], 200)
	}
	for _, ip := range []string{"127.0.0.6", "127.0.0.7"} {
		c.occupy(ip)
	}
	c.wantClosed(idle[0])
	c.wantClosed(idle[1])
	c.want(c.from("127.0.0.8", getFine), 503)
	c.want(c.from("127.0.0.8", "HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200)
}

// Connections beyond the limits give way to the probe of an address that has fewer.
func TestProbeDuringFlood(t *testing.T) {
	t.Parallel()
	c := gather(t, 8)
	for i := range 8 {
		c.occupy(fmt.Sprintf("127.0.0.%d", 2+i/2))
	}
	for done := false; !done; { // each of them ends after a second
		var flood []net.Conn
		for i := range 40 {
			flood = append(flood, c.from(fmt.Sprintf("127.0.0.%d", 2+i%4), ""))
		}
		c.want(c.from("127.0.0.9", "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200)
		for _, conn := range flood {
			text, err := io.ReadAll(conn)
			done = done || err == nil && len(text) == 0 // closed for the probe
		}
	}
}

// A trusted proxy may have more than a share, up to the limit.
func TestProxyHasNoShare(t *testing.T) {
	t.Parallel()
	c := gather(t, 8, netip.MustParsePrefix("127.0.0.9/32"))
	for range 8 {
		c.occupy("127.0.0.9")
	}
	c.want(c.from("127.0.0.9", getFine), 503)
}

// The listeners of a process share the limit.
func TestListenersShareTheLimit(t *testing.T) {
	t.Parallel()
	pool := web.NewConnections(web.ConnectionConfig{Max: 8, Log: zerolog.Nop()})
	closed := make(chan error, 100)
	for range 3 {
		l, err := pool.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Shutdown(t.Context()) })
		l.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
		for status := 0; status != 200; { // see occupy
			conn := dial(t, l.URL())
			fmt.Fprint(conn, getFine)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			if status = res.StatusCode; status == 200 {
				go func() {
					_, err := conn.Read(make([]byte, 1))
					closed <- err
				}()
			}
		}
	}
	if err := <-closed; err != io.EOF {
		t.Errorf("three connections are open: %v", err)
	}
}

// What net/http refuses before there is a handler gets a problem document, too.
func TestRefusedHeaders(t *testing.T) {
	t.Parallel()
	const start = "GET / HTTP/1.1\r\nHost: localhost\r\n"
	short := func(n int) (s strings.Builder) {
		for i := range n {
			fmt.Fprintf(&s, "X-%d: a\r\n", i)
		}
		return s
	}
	most, many, megabyte := short(199), short(200), short(90000)
	for name, c := range map[string]struct {
		request string
		status  int
		code    string
	}{
		"31 KB":          {start + "X: " + strings.Repeat("x", 31<<10) + "\r\n\r\n", 200, ""},
		"33 KB":          {start + "X: " + strings.Repeat("x", 33<<10) + "\r\n\r\n", 431, "headers_too_large"},
		"a long path":    {"GET /" + strings.Repeat("x", 33<<10) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", 431, "headers_too_large"},
		"200 fields":     {start + most.String() + "\r\n", 200, ""},
		"many fields":    {start + many.String() + "\r\n", 431, "headers_too_large"},
		"1 MB":           {start + megabyte.String() + "\r\n", 431, "headers_too_large"},
		"no end":         {start, 408, "headers_too_slow"},
		"half a line":    {"GET /", 408, "headers_too_slow"},
		"TLS":            {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 408, "headers_too_slow"},
		"a transfer":     {start + "Transfer-Encoding: gzip\r\n\r\n", 400, "transfer_encoding"},
		"HTTP/3":         {"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 400, "http_version"},
		"OPTIONS *":      {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, ""},
		"no HTTP":        {"hello\r\n\r\n", 400, "malformed"},
		"no Host":        {"GET / HTTP/1.1\r\n\r\n", 400, "malformed"},
		"a bad length":   {start + "Content-Length: x\r\n\r\n", 400, "malformed"},
		"a wrong Expect": {start + "Expect: x\r\nContent-Length: 5\r\n\r\n", 400, "expectation_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := web.ConnectionConfig{Log: zerolog.Nop()}
			if c.status == 408 {
				config.HeaderTimeout = 50 * time.Millisecond
			}
			l := listenOn(t, config)
			l.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
			conn := dial(t, l.URL())
			if _, err := io.WriteString(conn, c.request); err != nil {
				t.Fatal(err)
			}
			in := bufio.NewReader(conn)
			res, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != c.status {
				t.Fatalf("%s, want %d", res.Status, c.status)
			}
			if c.code == "" {
				if text, err := io.ReadAll(res.Body); string(text) != "fine" || err != nil {
					t.Errorf("%q, %v: not the handler's response", text, err)
				}
				return
			}
			wantProblem(t, res, c.code)
			if more, err := io.ReadAll(in); len(more) > 0 {
				t.Errorf("after the response: %q, %v", more, err)
			}
		})
	}
}

// Requests can be sent without a wait for the response to the one before, on a
// connection that is kept.
func TestPipelinedRequests(t *testing.T) {
	t.Parallel()
	r := start(t, textFace{"/read": readBody, "/fine": writeFine})
	conn := dial(t, r.url)
	fmt.Fprint(conn, "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabcGET /fine HTTP/1.1\r\nHost: localhost\r\n\r\nPOST /fine HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}GET /fine HTTP/1.1\r\nHost: localhost\r\n\r\n")
	in := bufio.NewReader(conn)
	for _, want := range []string{"3 bytes", "fine", "fine", "fine"} {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(res.Body); string(text) != want || err != nil || res.Close {
			t.Errorf("%q, %v, closed %v", text, err, res.Close)
		}
	}
	fmt.Fprint(conn, "POST /read HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if line, err := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatal(line, err)
	}
	fmt.Fprint(conn, "abc")
	if text, err := in.Peek(20); !strings.Contains(string(text), "HTTP/1.1 200") {
		t.Errorf("%q %v", text, err)
	}
}

// A response ends if its caller does not read, and goes on while it reads slowly.
func TestUnreadResponse(t *testing.T) {
	t.Parallel()
	const size = 24 << 20
	for name, reads := range map[string]bool{"not read": false, "read slowly": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := listenOn(t, web.ConnectionConfig{Log: zerolog.Nop(), WriteTimeout: 300 * time.Millisecond})
			ended := make(chan error, 1)
			l.Serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, err := w.Write(make([]byte, size))
				ended <- err
			}))
			conn := dial(t, l.URL())
			fmt.Fprint(conn, getFine)
			if !reads {
				if err := <-ended; err == nil {
					t.Error("24 MB were sent to a caller that reads nothing")
				}
				return
			}
			buf := make([]byte, 256<<10)
			n := 0
			for n < size { // the kernel makes room in its buffer less often than that
				time.Sleep(10 * time.Millisecond)
				m, err := conn.Read(buf)
				if n += m; err != nil {
					t.Fatal(n, err)
				}
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}
