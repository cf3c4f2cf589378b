package web

import (
	"net/http"
	"net/url"
	"strings"

	"aigc/app/fault"
	"aigc/app/hostname"
)

// Guard checks the headers Host and Origin: it prevents web pages of other origins
// from calling the server through a browser (cross-site request forgery and DNS
// rebinding).
type Guard struct {
	crossOrigin *http.CrossOriginProtection
	hosts       map[string]bool // allowed host names; nil: all
}

// NewGuard makes a guard. On a loopback listener it allows only loopback names, the
// hosts of publicURLs and the names in allowed, which have no port. On another
// listener it allows all names, since callers need a key there.
func NewGuard(publicURLs []string, loopback bool, allowed []string) *Guard {
	g := &Guard{crossOrigin: http.NewCrossOriginProtection()}
	if loopback {
		g.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
		for _, h := range allowed {
			g.hosts[hostname.Normalize(h)] = true
		}
	}
	for _, address := range publicURLs {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			continue
		}
		_ = g.crossOrigin.AddTrustedOrigin(origin(u)) // behind a proxy Host may differ from Origin
		if loopback {
			g.hosts[hostname.Normalize(u.Host)] = true
		}
	}
	return g
}

// Check returns a fault of the kind Forbidden for a request with a Host that is not
// allowed or a cross-origin one. It does not read the body.
func (g *Guard) Check(r *http.Request) error {
	if g.hosts != nil && !g.hosts[hostname.Normalize(r.Host)] {
		return fault.New(fault.Forbidden, "foreign_host", "This server does not answer on this host name. Name it in AIGC_ALLOWED_HOSTS, or set AIGC_PUBLIC_URL to the server's own address.").WithCharge(fault.ChargedNo)
	}
	if err := g.crossOrigin.Check(r); err != nil {
		return fault.Wrap(err, fault.Forbidden, "cross_origin", "Cross-origin browser requests are not allowed.").WithCharge(fault.ChargedNo)
	}
	return nil
}

// origin is the origin of a URL as browsers write it: in lower case, without the default
// port.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" { // url.Parse makes the scheme lower case
		host = strings.TrimSuffix(host, port)
	}
	return u.Scheme + "://" + host
}
