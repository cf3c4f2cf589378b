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

// newGuard makes a guard that refuses every address that is neither public nor in allow.
// Any port is allowed.
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

// transports makes the transport that checks each address when it dials, and the one that
// does not, which uses the proxy if there is one. They share no connections.
func (c *Client) transports() (guarded, unguarded *http.Transport) {
	guarded = &http.Transport{
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
	unguarded = guarded.Clone()
	unguarded.DialContext = (&net.Dialer{Timeout: dialTimeout}).DialContext
	if c.proxy != nil {
		unguarded.Proxy = func(r *http.Request) (*url.URL, error) { return c.proxy(r.URL) }
	}
	return guarded, unguarded
}

// route chooses the transport for one hop. The error says that the address is not
// allowed.
func (c *Client) route(ctx context.Context, u *url.URL, fromVendor bool) (http.RoundTripper, error) {
	if fromVendor && c.exempt[origin(u)] {
		return c.unguarded, nil
	}
	if isNumericHost(u.Hostname()) {
		return nil, notAllowed
	}
	if fromVendor && c.proxy != nil {
		if p, err := c.proxy(u); err != nil {
			return nil, unreachable.withCause(errors.New("the proxy settings cannot be read"))
		} else if p != nil {
			return c.unguarded, c.checkName(ctx, u.Hostname())
		}
	}
	return c.guarded, nil
}

// checkName checks the addresses of a host that the proxy will dial, as far as we can
// resolve it: a name that only the proxy can resolve is allowed.
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

// isNumericHost reports whether host is an IP address in a form that only some resolvers
// accept: 2130706433, 0x7f.1, 127.1, or 127.0.0.1. with a final dot. Such hosts are
// refused.
func isNumericHost(host string) bool {
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

// origin is scheme, host and port in canonical form.
func origin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
