package tokenhub

import "aigc/app/provider"

const title = "Tencent TokenHub"

// Vendor is TokenHub. It has no Probe: no free call that needs the key is documented.
func Vendor() provider.Vendor {
	return provider.Vendor{
		Name: "tokenhub", Title: title, BaseURL: "https://tokenhub.tencentmaas.com",
		KeyVariable: keyVariable, Settings: func() provider.Settings { return &settings{} },
	}
}

const keyVariable = "TENCENT_API_KEY"

// settings are read without a prefix: the names of the fields give those of the
// variables, TENCENT_API_KEY and TENCENT_TOKENHUB_BASE_URL.
type settings struct {
	TencentAPIKey          []provider.Secret `split_words:"true" desc:"API key of TokenHub, several separated by commas"`
	TencentTokenhubBaseURL string            `split_words:"true" desc:"another address of TokenHub"`
}

// Accounts implements [provider.Settings].
func (s *settings) Accounts() ([]provider.Account, error) {
	return provider.KeyAccounts(keyVariable, s.TencentAPIKey, s.TencentTokenhubBaseURL), nil
}
