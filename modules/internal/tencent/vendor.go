package tencent

import (
	"errors"
	"net/url"
	"strings"

	"aigc/app/provider"
)

const title = "Tencent Cloud"

// Vendor is Tencent Cloud's API "aiart". An account runs one job at a time unless it
// bought more, and may submit 20 a second. It has no Probe: no call is documented as free.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "tencent", Title: title, BaseURL: "https://aiart.tencentcloudapi.com",
		Prefix: "TENCENT", KeyVariable: "TENCENT_SECRET_ID", Settings: func() provider.Settings { return &settings{} },
		Limits: provider.Limits{Running: 1, PerMinute: 1200, PerAccount: true},
	}
}

// settings are TENCENT_SECRET_ID, TENCENT_SECRET_KEY and TENCENT_BASE_URL.
type settings struct {
	SecretID  []provider.Secret `split_words:"true" desc:"id of a key pair, several separated by commas"`
	SecretKey []provider.Secret `split_words:"true" desc:"secret key of a key pair, in the order of the ids"`
	BaseURL   string            `split_words:"true" desc:"another address of the API aiart"`
}

// Accounts implements [provider.Settings].
func (s *settings) Accounts() ([]provider.Account, error) {
	accounts, err := provider.PairAccounts("TENCENT_SECRET_ID", s.SecretID, "TENCENT_SECRET_KEY", s.SecretKey, s.BaseURL)
	if hasEnded(s.BaseURL) {
		err = errors.Join(err, errors.New("TENCENT_BASE_URL: the API of hunyuan.tencentcloudapi.com ended on 2026-09-30; unset it, or name a host of the API aiart"))
	}
	return accounts, err
}

// hasEnded reports whether an address is the API that Tencent ended, also in a region.
func hasEnded(address string) bool {
	u, err := url.Parse(address)
	if err == nil && u.Host == "" { // without a scheme
		u, err = url.Parse("//" + address)
	}
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return strings.HasPrefix(host, "hunyuan.") && strings.HasSuffix(host, ".tencentcloudapi.com")
}
