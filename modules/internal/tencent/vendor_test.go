package tencent

import (
	"strings"
	"testing"

	"aigc/app/provider"
)

// The settings make an account for each key pair. A base URL of the API that ended is a
// fault that names the variable, with and without keys.
func TestAccounts(t *testing.T) {
	t.Parallel()
	ids, keys := []provider.Secret{"id-1,id-2"}, []provider.Secret{"hunter2-1,hunter2-2"}
	for name, c := range map[string]struct {
		s        settings
		accounts int
		wrong    string // part of the error
	}{
		"nothing":                  {settings{}, 0, ""},
		"two pairs":                {settings{SecretID: ids, SecretKey: keys}, 2, ""},
		"half":                     {settings{SecretID: ids}, 0, "TENCENT_SECRET_ID, TENCENT_SECRET_KEY: belong together"},
		"a gateway":                {settings{SecretID: ids, SecretKey: keys, BaseURL: "http://10.0.0.1:8080/tencent"}, 2, ""},
		"a region":                 {settings{BaseURL: "https://aiart.ap-guangzhou.tencentcloudapi.com"}, 0, ""},
		"ended":                    {settings{SecretID: ids, SecretKey: keys, BaseURL: "https://hunyuan.tencentcloudapi.com"}, 2, "TENCENT_BASE_URL: the API of hunyuan.tencentcloudapi.com ended on 2026-09-30"},
		"ended, without keys":      {settings{BaseURL: "https://hunyuan.tencentcloudapi.com/"}, 0, "TENCENT_BASE_URL: "},
		"ended, in a region":       {settings{BaseURL: "https://HUNYUAN.ap-guangzhou.tencentcloudapi.com:443"}, 0, "TENCENT_BASE_URL: "},
		"ended, without a scheme":  {settings{BaseURL: "hunyuan.tencentcloudapi.com"}, 0, "TENCENT_BASE_URL: "},
		"ended, and half of a key": {settings{SecretID: ids, BaseURL: "https://hunyuan.tencentcloudapi.com"}, 0, "TENCENT_BASE_URL: "},
		"a host with that name":    {settings{BaseURL: "https://hunyuan.example.com"}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := c.s.Accounts()
			if len(list) != c.accounts || (err != nil) != (c.wrong != "") || err != nil && (!strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "hunter2")) {
				t.Fatalf("%d accounts, %v; want %d, %q", len(list), err, c.accounts, c.wrong)
			}
			for _, a := range list {
				if !a.IsPair() || a.BaseURL != c.s.BaseURL || a.Variable != "TENCENT_SECRET_KEY" {
					t.Errorf("%+v", a)
				}
			}
		})
	}
	if v := Vendor(); v.Limits.Running != 1 || v.Limits.PerMinute != 1200 || !v.Limits.PerAccount || v.KeyName() != "TENCENT_SECRET_ID" {
		t.Errorf("%+v", v)
	}
}
