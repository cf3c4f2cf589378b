package zhipu

import "aigc/app/provider"

const title = "Zhipu"

// Vendor is Zhipu, at BigModel; accounts of Z.ai set ZHIPU_BASE_URL. Its limits
// belong to the account and are not published. It has no Probe: no free call is
// documented.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "zhipu", Title: title, BaseURL: "https://open.bigmodel.cn/api/paas/v4", Hosts: []string{".bigmodel.cn", ".z.ai"},
		Prefix: "ZHIPU", Settings: provider.Keys("ZHIPU"), Limits: provider.Limits{PerAccount: true},
	}
}
