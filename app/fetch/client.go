package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/net/http/httpproxy"
)

// Config adjusts a [Client]. The zero value is the strictest.
type Config struct {
	// Allow lists the address ranges that the guard lets through although
	// they are not public: AIGC_FETCH_ALLOW. In a network that has IPv6 only,
	// 64:ff9b::/96 is one of them.
	Allow []netip.Prefix
	// Exempt lists configured base URLs. A vendor's URL with the exact scheme,
	// host and port of one is fetched without the guard. Anything that is no
	// URL exempts nothing.
	Exempt []string
	// Proxy makes vendors' URLs go through HTTPS_PROXY and HTTP_PROXY, as
	// NO_PROXY allows; they are read once, by New. Callers' URLs never do.
	Proxy     bool
	UserAgent string // "aigc" if empty
}

// The defaults of a [Request], and the limits nobody can change.
const (
	DefaultMaxBytes = 50 << 20
	DefaultTimeout  = 2 * time.Minute
	MaxRedirects    = 5

	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	headerTimeout = 30 * time.Second
	stallTimeout  = 30 * time.Second // without a byte of the body
)

// Request is one thing to fetch.
type Request struct {
	URL        string
	MaxBytes   int64         // of the body, after decoding; 50 MB if zero
	Timeout    time.Duration // for all of it, redirects too; 2 min if zero
	FromVendor bool          // a vendor gave the URL; else a caller did
	Header     http.Header   // sent to the URL's own scheme, host and port, to no other
	Field      string        // names a caller's input in faults: "image_url"; may be empty
}

// Response says what was fetched. Next to an error it holds what was known by then.
type Response struct {
	Size   int64  // bytes written
	MIME   string // as the server calls it, without parameters; a hint at most
	Status int    // of the last answer, 0 before there was one
}

// Client fetches. It is safe for concurrent use.
type Client struct {
	agent   string
	guard   *ssrf.Guardian
	exempt  map[string]bool
	proxy   func(*url.URL) (*url.URL, error) // nil without proxies
	guarded *http.Transport
	open    *http.Transport
	stall   time.Duration
}

// New makes a client. Close it to let its idle connections go.
func New(cfg Config) *Client {
	c := &Client{agent: cfg.UserAgent, guard: newGuard(cfg.Allow), exempt: map[string]bool{}, stall: stallTimeout}
	if c.agent == "" {
		c.agent = "aigc"
	}
	for _, base := range cfg.Exempt {
		if u, err := url.Parse(base); err == nil && u.Hostname() != "" {
			c.exempt[origin(u)] = true
		}
	}
	if cfg.Proxy {
		c.proxy = httpproxy.FromEnvironment().ProxyFunc()
	}
	c.guarded, c.open = c.transports()
	return c
}

// Close closes idle connections. Fetches under way go on.
func (c *Client) Close() {
	c.guarded.CloseIdleConnections()
	c.open.CloseIdleConnections()
}

// Get streams what r.URL holds to w. On an error, w may have got a part of it.
//
// It fails with a *fault.Error: Invalid for a caller's URL; Unavailable,
// Expired, Broken or VendorAuth for a vendor's; Canceled or Timeout when ctx
// ended. An error of w is returned wrapped.
func (c *Client) Get(ctx context.Context, r Request, w io.Writer) (Response, error) {
	if r.MaxBytes <= 0 {
		r.MaxBytes = DefaultMaxBytes
	}
	if r.Timeout <= 0 {
		r.Timeout = DefaultTimeout
	}
	timed, cancel := context.WithTimeoutCause(ctx, r.Timeout, errSlow)
	defer cancel()
	inner, stop := context.WithCancelCause(timed)
	defer stop(nil)

	var out Response
	resp, err := c.follow(inner, r)
	if err == nil {
		defer resp.Body.Close()
		out.Status, out.MIME = resp.StatusCode, mediaType(resp.Header)
		if err = statusTrouble(resp, r.FromVendor && len(r.Header) > 0); err == nil {
			timer := time.AfterFunc(c.stall, func() { stop(errSlow) })
			out.Size, err = copyBody(w, &watched{resp.Body, timer, c.stall}, resp, r.MaxBytes)
			timer.Stop()
		}
	}
	var own *writeError
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &own):
		return out, own
	case ctx.Err() != nil:
		return out, ended(ctx, err)
	case context.Cause(inner) == errSlow:
		err = slow.because(err)
	}
	return out, r.fault(err)
}
