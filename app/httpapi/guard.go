package httpapi

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"aigc/app/fault"
)

// access is who may use a route. A route that is not listed needs a key.
type access int

const (
	keyed  access = iota // a key, counted against its rate
	public               // anybody
	byName               // the object's name is the permission; the service looks at the caller where links are private
	admin                // an admin's key
)

func (s *Server) guard() {
	s.cross = http.NewCrossOriginProtection()
	s.hosts = map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, h := range s.AllowedHosts {
		s.hosts[strings.ToLower(h)] = true
	}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Host != "" {
		s.hosts[strings.ToLower(u.Hostname())] = true
		_ = s.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host) // a proxy may have put another Host
	}
}

// admit keeps web pages of others out, before anything of the body is read.
func (s *Server) admit(r *http.Request) error {
	if s.Loopback && !s.hosts[hostname(r.Host)] {
		return fault.New(fault.Forbidden, "foreign_host", "This server answers only on its own names. Set AIGC_PUBLIC_URL if it has another one.").WithCharge(fault.ChargedNo)
	}
	if err := s.cross.Check(r); err != nil {
		return fault.Wrap(err, fault.Forbidden, "cross_origin", "Requests that a page of another origin makes in a browser are not taken.").WithCharge(fault.ChargedNo)
	}
	return nil
}

func hostname(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
}

// authenticate runs after routing: the pattern that matched decides.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		x := of(r.Context())
		if p := c.Path(); p != "" {
			x.route = p
		}
		key := keyOf(r)
		switch who := s.access[c.Path()]; who {
		case public:
		case byName:
			if caller, err := s.auth.Authenticate(r.Context(), key); err == nil {
				x.caller = caller
			}
		default:
			caller, err := s.auth.Authenticate(r.Context(), key)
			if err != nil {
				return err
			}
			x.caller = caller
			if who == admin && !caller.Admin {
				return fault.New(fault.Forbidden, "admin_needed", "This needs the key of an admin.")
			}
			if err := s.auth.Allow(r.Context(), caller); err != nil {
				return err
			}
		}
		return next(c)
	}
}

func keyOf(r *http.Request) string {
	if scheme, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(key)
	}
	return r.Header.Get("X-API-Key")
}
