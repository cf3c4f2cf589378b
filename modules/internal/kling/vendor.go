package kling

import "aigc/app/provider"

const title = "Kling"

// Vendor is Kling, at its international host; mainland accounts set
// KLING_BASE_URL. The smallest image pack allows 9 running images. The probe lists
// tasks, which is free and needs the key.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "kling", Title: title, BaseURL: "https://api-singapore.klingai.com", Hosts: []string{".klingai.com"},
		Prefix: "KLING", Settings: provider.KeysOrAccessKeys("KLING"), Limits: provider.Limits{Running: 9, PerAccount: true},
		Probe: provider.ProbeGET(generations+"?pageNum=1&pageSize=1", authorize),
	}
}
