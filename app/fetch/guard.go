package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// newGuard refuses every address that is not public, on any port.
func newGuard(allow []netip.Prefix) *ssrf.Guardian {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		a := p.Addr()
		switch {
		case a.Is4():
			v4 = append(v4, p)
		case a.Is4In6() && p.Bits() >= 96: // ::ffff:10.0.0.0/104
			v4 = append(v4, netip.PrefixFrom(a.Unmap(), p.Bits()-96))
		default:
			v6 = append(v6, p)
		}
	}
	return ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
}

// transports makes the guarded way out and the open one, which goes through
// the proxy if there is one. They share no connections.
func (c *Client) transports() (guarded, open *http.Transport) {
	base := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: dialTimeout, Control: c.guard.Safe}).DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    tlsTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        30 * time.Second,
	}
	open = base.Clone()
	open.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	if c.proxy != nil {
		open.Proxy = func(r *http.Request) (*url.URL, error) { return c.proxy(r.URL) }
	}
	return base, open
}

// route chooses the way out for one hop.
func (c *Client) route(ctx context.Context, u *url.URL, fromVendor bool) (http.RoundTripper, error) {
	if fromVendor && c.exempt[origin(u)] {
		return c.open, nil
	}
	if numeric(u.Hostname()) {
		return nil, notAllowed
	}
	if fromVendor && c.proxy != nil {
		if p, err := c.proxy(u); err != nil {
			return nil, unreachable.because(errors.New("the proxy settings cannot be read"))
		} else if p != nil {
			return c.open, c.checkName(ctx, u.Hostname())
		}
	}
	return c.guarded, nil
}

// checkName guards what the proxy will dial, as well as we can know it: a name
// that only the proxy can resolve passes.
func (c *Client) checkName(ctx context.Context, host string) error {
	if a, err := netip.ParseAddr(host); err == nil {
		return c.guard.SafeAddr(a.Unmap())
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, a := range found {
		if err := c.guard.SafeAddr(a.Unmap()); err != nil {
			return err
		}
	}
	return nil
}

// numeric says whether host is an address in a form that only some resolvers
// understand: 2130706433, 0x7f.1, 127.1, 127.0.0.1. with a dot at its end.
func numeric(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	host = strings.TrimSuffix(host, ".")
	last := strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// origin is scheme, host and port, written one way.
func origin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
