package siliconflow

import "aigc/app/provider"

// Vendor is SiliconFlow, at its mainland site. Accounts of the international site
// set SILICONFLOW_BASE_URL to https://api.siliconflow.com/v1. All limits are those
// of an account and rise with its spending, so there is no default. The probe
// reads the account, which is free and needs the key.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "siliconflow", Title: title, BaseURL: "https://api.siliconflow.cn/v1",
		Hosts:  []string{"api.siliconflow.cn", "api.siliconflow.com"},
		Prefix: "SILICONFLOW", Settings: provider.Keys("SILICONFLOW"), Limits: provider.Limits{PerAccount: true},
		Probe: provider.ProbeGET("/user/info", provider.Bearer),
	}
}
