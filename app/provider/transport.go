package provider

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Limits of connections.
const (
	// maxIdlePerHost is the number of idle connections kept to one host. It is of the order
	// of the polls that run at the same time: with fewer, most polls of a vendor without
	// HTTP/2 would start with a TLS handshake.
	maxIdlePerHost = 1024
	// idleTimeout is far less than that of servers and load balancers: a connection that
	// the peer closes while a paid request is being written leaves the task in doubt.
	idleTimeout = 8 * time.Second
	// connBuffer is the size of the two buffers of a connection: hundreds of connections are
	// open while thousands of jobs are polled. A read of more bytes does not pass through the
	// buffer.
	connBuffer = 4 << 10
	// streamBuffer is how much of an answer over HTTP/2 may wait to be read.
	streamBuffer = 1 << 20
	// pingAfter is how long a connection of HTTP/2 may be silent while requests are under
	// way before it is tested: all polls would wait for one that is lost.
	pingAfter, pingTimeout = 15 * time.Second, 10 * time.Second
)

// NewTransport makes the HTTP client that all vendors share. It uses HTTPS_PROXY.
// Redirects are not followed: a redirected POST might be executed twice.
//
// A paid request uses HTTP/1.1. Go's HTTP/2 client resends a POST automatically after the
// peer reset its stream, even if the body had arrived completely; its HTTP/1 client resends
// only if no byte was written. All other requests of [Client], most of which are polls, use
// HTTP/2 where the vendor has it, so that hundreds of polls share a few connections.
//
// Idle connections are limited per host only, so the pool grows with the number of
// running tasks and shrinks within 8 s.
func NewTransport() *http.Client {
	t := &transport{paid: newHTTPTransport(), free: newHTTPTransport()}
	t.free.Protocols.SetHTTP2(true)
	t.free.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: streamBuffer, SendPingTimeout: pingAfter, PingTimeout: pingTimeout}
	return &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func newHTTPTransport() *http.Transport {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         d.DialContext,
		Protocols:           protocols,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        0, // no limit over all hosts
		MaxIdleConnsPerHost: maxIdlePerHost,
		IdleConnTimeout:     idleTimeout,
		DisableCompression:  true, // base64 of images does not compress well
		ReadBufferSize:      connBuffer,
		WriteBufferSize:     connBuffer,
	}
}

// transport sends a request by free if it is marked as such, else by paid.
type transport struct{ paid, free *http.Transport }

// freeRequest marks the context of a request that costs nothing, so that it may be sent
// again.
type freeRequest struct{}

func withoutCost(ctx context.Context) context.Context {
	return context.WithValue(ctx, freeRequest{}, true)
}

// RoundTrip implements [http.RoundTripper].
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Context().Value(freeRequest{}) != nil {
		return t.free.RoundTrip(r)
	}
	return t.paid.RoundTrip(r)
}

// CloseIdleConnections is called by [http.Client.CloseIdleConnections].
func (t *transport) CloseIdleConnections() {
	t.paid.CloseIdleConnections()
	t.free.CloseIdleConnections()
}
