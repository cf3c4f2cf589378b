package recraft

import "aigc/app/provider"

const title = "Recraft"

// Vendor is Recraft. It allows a user 100 images a minute and 5 requests a second; a
// submission counts as one image here, and the vendor answers 429 to further ones.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "recraft", Title: title, BaseURL: "https://external.api.recraft.ai/v1",
		Prefix: "RECRAFT", Settings: provider.Keys("RECRAFT"),
		Limits: provider.Limits{PerMinute: 100, PerAccount: true},
		Probe:  provider.ProbeGET("/users/me", provider.Bearer),
	}
}
