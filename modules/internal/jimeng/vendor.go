package jimeng

import "aigc/app/provider"

const title = "Volcengine Jimeng"

// Vendor is Volcengine's visual API. It has no free call to probe a key with.
// An account runs one or two jobs of a model at a time unless it bought more.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "jimeng", Title: title, BaseURL: "https://visual.volcengineapi.com",
		Prefix: "VOLC", KeyVariable: "VOLC_ACCESS_KEY", Settings: provider.AccessKeys("VOLC"), Limits: provider.Limits{Running: 2},
	}
}
