package ark

import "aigc/app/provider"

// Vendor is Volcengine Ark. It has no Probe: no free call needs the key.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "ark", Title: title, BaseURL: "https://ark.cn-beijing.volces.com/api/v3", Hosts: []string{".volces.com", ".bytepluses.com"},
		Prefix: "ARK", Settings: provider.Keys("ARK"),
	}
}
