// Package hostname compares host names as they are written in URLs, in the header Host
// and in settings.
package hostname

import (
	"net"
	"net/netip"
	"strings"
)

// Normalize returns a host name or IP address in the one form in which it is compared: in
// lower case, without port, brackets and the dot of a fully qualified name. Different
// spellings of one IP address become the same.
func Normalize(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().WithZone("").String()
	}
	return host
}

// IsLoopback reports whether a normalized name is one of this machine for itself:
// localhost, a loopback address, or the unspecified address, which connects to loopback.
func IsLoopback(name string) bool {
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && (ip.IsLoopback() || ip.IsUnspecified())
}
