package service

import (
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"aigc/app/blob"
	"aigc/app/hostname"
)

// reference is a value of an image field that names a stored file of this server, which
// may not exist: the id of an asset, or else the name of an object.
type reference struct{ asset, object string }

const (
	objectPath   = "/api/images/" // below it objects are served
	maxReference = 4096           // longest value that is compared with references, in bytes
)

// parseReference recognizes the id of an asset, the name of an object, the path at which
// the object is served, and its URL at any address of this server; see [Service.ownPaths].
// Case, white space, percent-encoding, a query and a fragment do not matter. known is
// false for every other value, such as a URL of another server.
func (s *Service) parseReference(value string) (r reference, known bool) {
	value = strings.TrimSpace(value)
	if len(value) > maxReference {
		return reference{}, false
	}
	if _, err := uuid.Parse(value); err == nil && len(value) == 36 {
		return reference{asset: strings.ToLower(value)}, true
	}
	if !strings.Contains(value, "/") && strings.Contains(value, "%") { // the slashes are escaped, too
		value = unescape(value)
	}
	paths := []string{"", s.publicPath()}
	value, _, _ = strings.Cut(value, "#")
	value, _, _ = strings.Cut(value, "?")
	isURL := hasScheme(value, "http://") || hasScheme(value, "https://") || strings.HasPrefix(value, "//")
	if scheme, remainder, _ := strings.Cut(value, "//"); isURL {
		authority, below, _ := strings.Cut(remainder, "/")
		paths, value = s.ownPaths(scheme, authority), below
	} else if authority, below, _ := strings.Cut(value, "/"); authority != "" {
		if own := s.ownPaths("", authority); len(own) > 0 { // a URL without its scheme
			paths, value = own, below
		}
	}
	value = path.Clean("/" + unescape(value))
	for _, p := range paths {
		if object, found := strings.CutPrefix(value, p+objectPath); found {
			return reference{object: object}, true
		}
	}
	object := value[1:]
	return reference{object: object}, !isURL && blob.IsName(object)
}

// unescape decodes percent-encoding; text that is not encoded correctly is returned as it
// is.
func unescape(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

// ownPaths returns the paths below which this server is served at an authority of a URL
// (host and port), from an empty one on; none if the authority is another server's. This
// server's are the addresses of its listeners, and those of PublicURL; each under the
// names in Hosts, too. Another port of one of its names is another service's.
func (s *Service) ownPaths(scheme, authority string) []string {
	u, err := url.Parse("//" + authority)
	if err != nil || u.Hostname() == "" {
		return nil
	}
	secure := strings.EqualFold(scheme, "https:")
	name, port := hostname.Normalize(u.Hostname()), u.Port()
	public, err := url.Parse(s.PublicURL)
	if err != nil {
		public = &url.URL{}
	}
	named := sameHost(name, hostname.Normalize(public.Host)) || slices.ContainsFunc(s.Hosts, func(h string) bool { return hostname.Normalize(h) == name })
	for _, address := range s.Listeners {
		host, bound, err := net.SplitHostPort(address)
		if err == nil && bound == effectivePort(port, secure) && (named || servesHost(hostname.Normalize(host), name)) {
			return []string{"", s.publicPath()}
		}
	}
	if named && samePort(public, port, secure) {
		return []string{s.publicPath()}
	}
	return nil
}

// publicPath is the path of PublicURL, without a slash at its end.
func (s *Service) publicPath() string {
	u, err := url.Parse(s.PublicURL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(path.Clean("/"+u.Path), "/")
}

// loopbackNames are the names that stand for one another. Another service may listen on
// another address of loopback, such as 127.0.0.2.
var loopbackNames = []string{"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}

// sameHost reports whether two normalized names are equal, or both of loopback.
func sameHost(a, b string) bool {
	return a == b || slices.Contains(loopbackNames, a) && slices.Contains(loopbackNames, b)
}

// servesHost reports whether a listener that is bound to an address is reached under a
// name. One that is bound to all addresses is reached under each of the machine's.
func servesHost(bound, name string) bool {
	ip, err := netip.ParseAddr(bound)
	if all := bound == "" || err == nil && ip.IsUnspecified(); !all {
		return sameHost(bound, name)
	}
	addresses, err := net.InterfaceAddrs()
	return hostname.IsLoopback(name) || err == nil && slices.ContainsFunc(addresses, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && hostname.Normalize(prefix.Addr().String()) == name
	})
}

// samePort reports whether a port is that of a URL. The default ports of http and https
// are the same: a proxy serves or redirects both.
func samePort(u *url.URL, port string, secure bool) bool {
	theirs := effectivePort(port, secure)
	own := effectivePort(u.Port(), u.Scheme == "https")
	return own == theirs || isDefaultPort(own) && isDefaultPort(theirs)
}

func isDefaultPort(port string) bool { return port == "80" || port == "443" }

// effectivePort is the port of a URL, or the default port of its scheme.
func effectivePort(port string, secure bool) string {
	switch {
	case port != "":
		return port
	case secure:
		return "443"
	}
	return "80"
}
