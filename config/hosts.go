package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// HostNames are host names in lower case and IP addresses without brackets, as in a
// Host header without its port.
type HostNames []string

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$`)

// Decode implements envconfig's Decoder: host names and addresses, separated by commas.
func (h *HostNames) Decode(value string) error {
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		ip, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(part, "["), "]"))
		switch {
		case err == nil:
			part = ip.String() // as browsers write it
		case len(part) > 253 || !hostName.MatchString(part):
			return fmt.Errorf("name %d is not a host name such as gateway.example.com, without scheme, port and path", len(*h)+1)
		}
		*h = append(*h, strings.ToLower(part))
	}
	return nil
}
