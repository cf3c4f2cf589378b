package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddr is the address from which a request comes. Behind proxies that the settings
// trust it is the last one of X-Forwarded-For that is not such a proxy's: what stands
// before it may be made up by the client. An address that cannot be read is invalid.
func (h *Handler) ClientAddr(r *http.Request) netip.Addr {
	addr := parseAddr(r.RemoteAddr)
	if !isWithin(h.TrustedProxies, addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next := parseAddr(strings.TrimSpace(hop))
		if !next.IsValid() {
			return addr
		}
		if addr = next; !isWithin(h.TrustedProxies, addr) {
			return addr
		}
	}
	return addr
}

// isWithin reports whether one of the networks has an address; an invalid one is in none.
func isWithin(networks []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// network is the address under which limits count what a caller does: of IPv6 the /64,
// since one machine has all of it.
func network(addr netip.Addr) netip.Addr {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

// addrOf is the address of one end of a connection; invalid if it is not TCP.
func addrOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return plain(tcp.AddrPort().Addr())
}

// plain is an address in the one form in which it is compared: IPv4 not as IPv6, and
// without a zone.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// parseAddr reads an address with or without a port.
func parseAddr(text string) netip.Addr {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return plain(at.Addr())
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return plain(addr)
}
