package fashn

import "aigc/app/provider"

const title = "FASHN"

// Vendor is FASHN. It accepts 50 runs a minute and runs 6 at once.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "fashn", Title: title, BaseURL: "https://api.fashn.ai/v1",
		Prefix: "FASHN", Settings: provider.Keys("FASHN"), Limits: provider.Limits{Running: 6, PerMinute: 50},
		Probe: provider.ProbeGET("/credits", provider.Bearer),
	}
}
