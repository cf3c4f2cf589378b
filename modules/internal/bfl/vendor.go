package bfl

import (
	"net/url"
	"strings"

	"aigc/app/provider"
)

// Vendor is Black Forest Labs. An account may have 24 tasks running (help centre,
// June 2025). Of flux-kontext-max it may have 6: the vendor answers further ones
// with 429, and they are sent again later.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "bfl", Title: "Black Forest Labs", BaseURL: "https://api.bfl.ai", Hosts: []string{".bfl.ai"},
		Prefix: "BFL", Settings: provider.Keys("BFL"), Limits: provider.Limits{Running: 24, PerAccount: true},
		Probe: provider.ProbeGET("/v1/credits", authorize),
	}
}

// authorize sends the key in the vendor's header.
var authorize = provider.HeaderKey("X-Key")

// isVendorHost reports whether a polling URL may see the key: the vendor's clusters
// pass jobs on to each other.
func isVendorHost(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (host == "bfl.ai" || strings.HasSuffix(host, ".bfl.ai"))
}
