package provider

import (
	"net"
	"net/http"
	"time"
)

// maxIdlePerHost is the number of idle connections kept to one host. It is of the order
// of the polls that run at the same time: with fewer, most polls would start with a TLS
// handshake.
const maxIdlePerHost = 1024

// connBuffer is the size of the two buffers of a connection: hundreds of connections are
// open while thousands of jobs are polled. A read of more bytes does not pass through the
// buffer.
const connBuffer = 4 << 10

// NewTransport makes the HTTP client that all vendors share. It uses HTTPS_PROXY.
// Redirects are not followed: a redirected POST might be executed twice.
//
// It uses HTTP/1.1 only. Go's HTTP/2 client resends a POST automatically after the peer
// reset its stream, even if the body had arrived completely; its HTTP/1 client resends
// only if no byte was written. Idle connections are closed after 8 s, long before
// servers and load balancers close them: a connection that the peer closes while a
// request is being written leaves the task in doubt.
//
// Idle connections are limited per host only, so the pool grows with the number of
// running tasks and shrinks within 8 s.
func NewTransport() *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	http1 := new(http.Protocols)
	http1.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         d.DialContext,
			Protocols:           http1,
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        0, // no limit over all hosts
			MaxIdleConnsPerHost: maxIdlePerHost,
			IdleConnTimeout:     8 * time.Second,
			DisableCompression:  true, // base64 of images does not compress well
			ReadBufferSize:      connBuffer,
			WriteBufferSize:     connBuffer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
