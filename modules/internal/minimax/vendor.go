package minimax

import "aigc/app/provider"

// Vendor is MiniMax, at its global site; mainland accounts set MINIMAX_BASE_URL. It
// has no Limits, since none are confirmed for images, and no Probe, since no free
// call needs the key.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "minimax", Title: title, BaseURL: "https://api.minimax.io",
		Hosts:  []string{".minimax.io", ".minimaxi.com", ".minimaxi.chat", ".minimax.chat"},
		Prefix: "MINIMAX", Settings: provider.Keys("MINIMAX"),
	}
}
