package jimeng

import "aigc/app/provider"

const title = "Volcengine Jimeng"

// Vendor is Volcengine's visual API. It has no Probe: no free call needs the key.
// An account may run one or two jobs of a model at a time unless it bought more.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "jimeng", Title: title, BaseURL: "https://visual.volcengineapi.com",
		Prefix: "VOLC", KeyVariable: "VOLC_ACCESS_KEY", Settings: provider.AccessKeys("VOLC"), Limits: provider.Limits{Running: 2},
	}
}
