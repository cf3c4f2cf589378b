package stability

import "aigc/app/provider"

const title = "Stability AI"

// Vendor is Stability AI. It accepts 150 requests in 10 seconds, so 900 a minute. Of more
// than 150 at once it refuses some with 429, and they are sent again later.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "stability", Title: title, BaseURL: "https://api.stability.ai",
		Prefix: "STABILITY", Settings: provider.Keys("STABILITY"), Limits: provider.Limits{PerMinute: 900},
		Probe: provider.ProbeGET("/v1/user/balance", provider.Bearer),
	}
}
