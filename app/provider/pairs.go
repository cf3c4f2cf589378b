package provider

// This file has the settings of key pairs. envconfig derives the names of variables from
// the names of struct fields. No field may have an envconfig tag: envconfig would also
// read that name without the prefix.

// AccessKeys makes the Settings function of a vendor with key pairs named
// PREFIX_ACCESS_KEY and PREFIX_SECRET_KEY.
func AccessKeys(prefix string) func() Settings {
	return func() Settings { return &accessKeySettings{prefix: prefix} }
}

// KeysOrAccessKeys makes the Settings function of a vendor that accepts an API key,
// PREFIX_API_KEY, or a key pair with the names of [AccessKeys]. If both are set, both
// make accounts, those of API keys first. [Account.IsPair] distinguishes them.
func KeysOrAccessKeys(prefix string) func() Settings {
	return func() Settings { return &keyOrPairSettings{prefix: prefix} }
}

type accessKeySettings struct {
	AccessKey []Secret `split_words:"true" desc:"access key of a key pair, several separated by commas"`
	SecretKey []Secret `split_words:"true" desc:"secret key of a key pair, in the order of the access keys"`
	BaseURL   string   `split_words:"true" desc:"another address of the API"`
	prefix    string
}

// Accounts implements [Settings].
func (s *accessKeySettings) Accounts() ([]Account, error) {
	return PairAccounts(s.prefix+"_ACCESS_KEY", s.AccessKey, s.prefix+"_SECRET_KEY", s.SecretKey, s.BaseURL)
}

type keyOrPairSettings struct {
	APIKey    []Secret `split_words:"true" desc:"API key, several separated by commas"`
	AccessKey []Secret `split_words:"true" desc:"instead of an API key: access key of a key pair, several separated by commas"`
	SecretKey []Secret `split_words:"true" desc:"secret key of a key pair, in the order of the access keys"`
	BaseURL   string   `split_words:"true" desc:"another address of the API"`
	prefix    string
}

// Accounts implements [Settings].
func (s *keyOrPairSettings) Accounts() ([]Account, error) {
	pairs, err := PairAccounts(s.prefix+"_ACCESS_KEY", s.AccessKey, s.prefix+"_SECRET_KEY", s.SecretKey, s.BaseURL)
	return append(KeyAccounts(s.prefix+"_API_KEY", s.APIKey, s.BaseURL), pairs...), err
}
