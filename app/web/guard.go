package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
)

// Guard keeps web pages of other origins from using the server through a
// browser of its network.
type Guard struct {
	cross *http.CrossOriginProtection
	hosts map[string]bool // names that are answered; nil: all
}

// NewGuard makes a guard. A loopback listener answers only on loopback names,
// the host of publicURL and the allowed ones, which have no port. A listener
// that can be reached from elsewhere answers on all names.
func NewGuard(publicURL string, loopback bool, allowed []string) *Guard {
	g := &Guard{cross: http.NewCrossOriginProtection()}
	if loopback {
		g.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
		for _, h := range allowed {
			g.hosts[strings.ToLower(h)] = true
		}
	}
	if u, err := url.Parse(publicURL); err == nil && u.Host != "" {
		_ = g.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may have put another Host
		if loopback {
			g.hosts[strings.ToLower(u.Hostname())] = true
		}
	}
	return g
}

// Check refuses a request by its headers, before anything of its body is read.
func (g *Guard) Check(r *http.Request) error {
	if g.hosts != nil && !g.hosts[hostname(r.Host)] {
		return fault.New(fault.Forbidden, "foreign_host", "This server does not answer on this host name. Name it in AIGC_ALLOWED_HOSTS, or set AIGC_PUBLIC_URL to the server's own address.").WithCharge(fault.ChargedNo)
	}
	if err := g.cross.Check(r); err != nil {
		return fault.Wrap(err, fault.Forbidden, "cross_origin", "Cross-origin browser requests are not allowed.").WithCharge(fault.ChargedNo)
	}
	return nil
}

// hostname is the name in a Host header.
func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
}
