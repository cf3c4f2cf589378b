package provider

import (
	"net"
	"net/http"
	"time"
)

// maxIdlePerHost is how many idle connections are kept to one host, in the
// order of the polls that run at the same time: with fewer, most polls would
// begin with a TLS handshake.
const maxIdlePerHost = 1024

// NewTransport makes the HTTP client that all vendors share. It honours
// HTTPS_PROXY and follows no redirects: a redirected POST might be executed
// twice.
//
// It speaks HTTP/1.1 only. Go's HTTP/2 repeats a POST by itself after a stream
// that the peer reset, also one whose body had arrived whole; its HTTP/1
// repeats only where not a byte was written. Idle connections are closed after
// 8 s, long before servers and balancers do it: a connection that the peer
// closes while a request enters it leaves a purchase in doubt.
//
// The number of idle connections is bounded per host alone, so that the pool
// grows with what runs and shrinks within those 8 s.
func NewTransport() *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	one := new(http.Protocols)
	one.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         d.DialContext,
			Protocols:           one,
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        0, // no limit over all hosts
			MaxIdleConnsPerHost: maxIdlePerHost,
			IdleConnTimeout:     8 * time.Second,
			DisableCompression:  true, // base64 of pictures does not shrink
			ReadBufferSize:      64 << 10,
			WriteBufferSize:     32 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
