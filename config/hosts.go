package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"aigc/app/hostname"
)

// HostNames are host names and IP addresses, as [hostname.Normalize] returns them.
type HostNames []string

var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$`)

// Decode implements envconfig's Decoder: host names and addresses, separated by commas.
func (h *HostNames) Decode(value string) error {
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		_, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(part, "["), "]"))
		if err != nil && (len(part) > 253 || !hostName.MatchString(strings.TrimSuffix(part, "."))) {
			return fmt.Errorf("name %d is not a host name such as gateway.example.com, without scheme, port, path and wildcard", len(*h)+1)
		}
		*h = append(*h, hostname.Normalize(part))
	}
	return nil
}
