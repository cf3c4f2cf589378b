package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"aigc/app/web"
)

// deliveries reports what becomes of the responses to a handler.
type deliveries struct {
	serve func(*web.Exchange, *http.Request) error
	begun chan bool // whether the caller confirms the answer
	ended chan bool // whether it was delivered
}

func (d *deliveries) Serve(x *web.Exchange, r *http.Request) error {
	x.Route = "/"
	x.Notify(func(confirmed bool) { d.begun <- confirmed }, func(delivered bool) { d.ended <- delivered })
	return d.serve(x, r)
}

func (d *deliveries) Fail(x *web.Exchange, _ *http.Request, err error) {
	x.WriteHeader(http.StatusTeapot)
	_, _ = io.WriteString(x, err.Error())
}

// A response counts as delivered if it was written wholly to an open connection,
// whatever the caller does with the connection afterwards.
func TestDelivery(t *testing.T) {
	t.Parallel()
	const request = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}"
	body := func(n int) func(*web.Exchange, *http.Request) error {
		return func(x *web.Exchange, r *http.Request) error {
			_, _ = io.Copy(io.Discard, r.Body)
			x.Header().Set("Content-Length", fmt.Sprint(n))
			_, err := io.WriteString(x, strings.Repeat("x", n))
			return err
		}
	}
	waits := func(x *web.Exchange, r *http.Request) error {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		_, err := io.WriteString(x, "too late")
		return err
	}
	readAll := func(t *testing.T, c net.Conn) {
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = c.Close()
	}
	closes := func(_ *testing.T, c net.Conn) { _ = c.Close() }
	cases := map[string]struct {
		serve     func(*web.Exchange, *http.Request) error
		caller    func(*testing.T, net.Conn)
		delivered bool
	}{
		"read, then closed": {body(100), readAll, true},
		"long, read":        {body(20 << 20), readAll, true},
		"long, half read": {body(64 << 20), func(_ *testing.T, c net.Conn) {
			_, _ = io.CopyN(io.Discard, c, 1<<20)
			_ = c.Close()
		}, false},
		"closed while waiting": {waits, closes, false},
		"reset while waiting": {waits, func(t *testing.T, c net.Conn) {
			if err := c.(*net.TCPConn).SetLinger(0); err != nil {
				t.Error(err)
			}
			_ = c.Close()
		}, false},
		"an error": {func(_ *web.Exchange, r *http.Request) error {
			_, _ = io.Copy(io.Discard, r.Body)
			return io.ErrUnexpectedEOF
		}, readAll, true},
		"a panic":   {func(*web.Exchange, *http.Request) error { panic(http.ErrAbortHandler) }, closes, false},
		"no answer": {func(*web.Exchange, *http.Request) error { return nil }, readAll, false},
		"flushed before": {func(x *web.Exchange, r *http.Request) error {
			err := body(100)(x, r)
			_ = x.FlushError()
			<-r.Context().Done() // the caller has got all and closes, before the handler returns
			return err
		}, readAll, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := &deliveries{serve: c.serve, begun: make(chan bool, 1), ended: make(chan bool, 1)}
			srv := httptest.NewServer(web.New(web.Config{Log: zerolog.Nop(), Loopback: true}, d))
			defer srv.Close()
			conn, err := net.Dial("tcp", srv.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, request); err != nil {
				t.Fatal(err)
			}
			c.caller(t, conn)
			if got := <-d.ended; got != c.delivered {
				t.Errorf("delivered %t, want %t", got, c.delivered)
			}
			if c.delivered && <-d.begun {
				t.Error("an answer over REST is not confirmed")
			}
		})
	}
}
