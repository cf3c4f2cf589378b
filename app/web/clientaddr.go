package web

import (
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
	if !h.trusts(addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next := parseAddr(strings.TrimSpace(hop))
		if !next.IsValid() {
			return addr
		}
		if addr = next; !h.trusts(addr) {
			return addr
		}
	}
	return addr
}

func (h *Handler) trusts(addr netip.Addr) bool {
	return addr.IsValid() && slices.ContainsFunc(h.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// parseAddr reads an address with or without a port.
func parseAddr(text string) netip.Addr {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
