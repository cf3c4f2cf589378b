package provider

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"aigc/app/fault"
)

// http2Server serves HTTP/2, and HTTP/1.1 to a client without it. It returns a client that
// trusts it, and counts connections.
func http2Server(t *testing.T, h http.HandlerFunc) (c *Client, call Call, conns *atomic.Int64) {
	t.Helper()
	conns = &atomic.Int64{}
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	client := NewTransport()
	both := client.Transport.(*transport)
	for _, tr := range []*http.Transport{both.paid, both.free} {
		tr.TLSClientConfig = &tls.Config{RootCAs: srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	}
	return &Client{HTTP: client}, Call{Account: Account{BaseURL: srv.URL}}, conns
}

// A server that offers HTTP/2 and resets a stream after it has read the whole request
// gets the request once: Go's HTTP/2 client would send it again automatically.
func TestPaidRequestIsNotResent(t *testing.T) {
	t.Parallel()
	var received, old atomic.Int64
	c, call, _ := http2Server(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.ProtoMajor == 1 {
			old.Add(1)
		}
		received.Add(1)
		panic(http.ErrAbortHandler)
	})
	_, err := c.Do(context.Background(), call, Request{URL: "/", Body: map[string]string{"prompt": "x"}, Paid: true})
	if fault.KindOf(err) != fault.InDoubt || received.Load() != 1 || old.Load() != 1 {
		t.Errorf("received %d times, %d of them over HTTP/1.1: %v", received.Load(), old.Load(), err)
	}
}

// Polls at the same time share a connection, also those that send a body, like Veo's.
func TestPollsShareConnections(t *testing.T) {
	t.Parallel()
	const parallel = 100
	var arrived atomic.Int64
	all := make(chan struct{})
	c, call, conns := http2Server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("a poll over %s", r.Proto)
		}
		switch n := arrived.Add(1); {
		case n == 1: // opens the connection
		case n == parallel+1:
			close(all)
		default:
			<-all
		}
		_, _ = io.WriteString(w, `{"status":"Pending"}`)
	})
	poll := func() {
		client := &Client{HTTP: c.HTTP}
		if _, err := client.Do(t.Context(), call, Request{URL: "/poll", Body: map[string]string{"name": "x"}}); err != nil {
			t.Error(err)
		}
	}
	poll()
	var polls sync.WaitGroup
	for range parallel {
		polls.Go(poll)
	}
	polls.Wait()
	if n := conns.Load(); n != 1 {
		t.Errorf("%d connections", n)
	}
}
