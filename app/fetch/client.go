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

	"aigc/app/contentcoding"
	"aigc/app/memory"
)

// Config configures a [Client]. The zero value is the strictest.
type Config struct {
	// Allow lists address ranges that are allowed although they are not public:
	// AIGC_FETCH_ALLOW. A network with IPv6 only needs 64:ff9b::/96 (NAT64) in it.
	Allow []netip.Prefix
	// Exempt lists configured base URLs. A vendor's URL with the scheme, host and port of
	// one of them is fetched without a check of its address. Entries that are not URLs
	// are ignored.
	Exempt []string
	// Proxy sends requests for vendors' URLs through HTTPS_PROXY and HTTP_PROXY, subject
	// to NO_PROXY; they are read once, by New. Callers' URLs are always fetched directly.
	Proxy     bool
	UserAgent string // default "aigc"
}

// The defaults of a [Request], and the fixed limits.
const (
	DefaultMaxBytes = 50 << 20
	DefaultTimeout  = 2 * time.Minute
	MaxRedirects    = 5

	dialTimeout   = 10 * time.Second
	tlsTimeout    = 10 * time.Second
	headerTimeout = 30 * time.Second
	stallTimeout  = 30 * time.Second // for one read of the body
)

// Request is one download.
type Request struct {
	URL        string
	MaxBytes   int64         // limit of the body, after decoding; default 50 MB
	Timeout    time.Duration // for everything, including redirects; default 2 min
	FromVendor bool          // a vendor gave the URL; else a caller did
	Header     http.Header   // sent only to the URL's own scheme, host and port
	Field      string        // the caller's input field, for messages: "image_url"; may be empty
}

// Response describes the download. With an error it holds what was known until then.
type Response struct {
	Size   int64  // bytes written
	MIME   string // Content-Type of the server, without parameters; may be wrong
	Status int    // of the last answer; 0 if there was none
}

// Client downloads. It is safe for concurrent use.
type Client struct {
	agent     string
	guard     *ssrf.Guardian
	exempt    map[string]bool                  // origins
	proxy     func(*url.URL) (*url.URL, error) // nil: no proxies
	guarded   *http.Transport                  // checks addresses
	unguarded *http.Transport                  // does not, and uses the proxy
	stall     time.Duration
	windows   *memory.Budget // of decoders with large windows, for callers' URLs
}

// windowMemory is how much the decoders of callers' compressed files may take at a time.
const windowMemory = 4 * contentcoding.LargeWindow

// windows are the reservations of one download.
type windows struct {
	budget *memory.Budget
	ctx    context.Context
	held   []*memory.Reservation
}

func (w *windows) reserve() error {
	r, err := w.budget.Reserve(w.ctx, contentcoding.LargeWindow)
	w.held = append(w.held, r)
	return err
}

func (w *windows) release() {
	for _, r := range w.held {
		r.Release()
	}
}

// New makes a client. Close closes its idle connections.
func New(cfg Config) *Client {
	c := &Client{agent: cfg.UserAgent, guard: newGuard(cfg.Allow), exempt: map[string]bool{}, stall: stallTimeout, windows: memory.NewBudget(windowMemory)}
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
	c.guarded, c.unguarded = c.transports()
	return c
}

// Close closes idle connections. Running downloads continue.
func (c *Client) Close() {
	c.guarded.CloseIdleConnections()
	c.unguarded.CloseIdleConnections()
}

// Get streams the content of r.URL to w. If it fails, w may have got a part.
//
// The error is a *fault.Error: Invalid for a caller's URL; Unavailable, ResultExpired,
// InvalidResult or VendorAuth for a vendor's; Canceled or Timeout if ctx ended. An error
// of w is returned wrapped.
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
		if err = statusError(resp, r.FromVendor && len(r.Header) > 0); err == nil {
			windows := windows{c.windows, inner, nil}
			if r.FromVendor {
				windows.budget = nil // paid for: it does not wait for callers
			}
			defer windows.release()
			timer := time.AfterFunc(c.stall, func() { stop(errSlow) })
			out.Size, err = copyBody(w, &stallReader{resp.Body, resp.Body, timer, c.stall}, resp, r.MaxBytes, windows.reserve)
			timer.Stop()
		}
	}
	var writeErr *writeError
	switch {
	case err == nil:
		return out, nil
	case errors.As(err, &writeErr):
		return out, writeErr
	case ctx.Err() != nil:
		return out, contextFault(ctx, err)
	case context.Cause(inner) == errSlow:
		err = tooSlow.withCause(err)
	}
	return out, r.fault(err)
}
