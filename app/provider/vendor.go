package provider

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// Vendor describes one company as data. Several modules may name the same
// vendor; the host knows it once, by Name.
type Vendor struct {
	Name    string // "openai"; permanent, it is in tickets
	Title   string // "OpenAI"
	BaseURL string // the vendor's own host, as its sheet says

	// Hosts are how the names of its further hosts end: of its regions.
	Hosts []string

	// Prefix of its settings: with "OPENAI" the settings are OPENAI_API_KEY,
	// OPENAI_BASE_URL, OPENAI_MAX_RUNNING and OPENAI_PER_MINUTE. The last two
	// exist for every vendor.
	Prefix string
	// KeyVariable names the setting to set first, for "no key" messages; empty:
	// PREFIX_API_KEY.
	KeyVariable string
	// Settings makes an empty settings struct for the loader to fill, read by
	// envconfig with no prefix of its own when the names are irregular (see
	// [KeySettings] for the usual case).
	Settings func() Settings

	Limits Limits // limits that the vendor's sheet confirms

	// Probe asks something free that needs the key, to learn whether a parked
	// key works again. Nil where the vendor has no such call.
	Probe func(ctx context.Context, c Call) error
}

// IsOfficialHost says whether a base URL leads to the vendor itself, as opposed to
// somebody's gateway.
func (v Vendor) IsOfficialHost(baseURL string) bool {
	if baseURL == v.BaseURL {
		return true
	}
	u, err := url.Parse(baseURL)
	return err == nil && slices.ContainsFunc(v.Hosts, func(end string) bool { return strings.HasSuffix(u.Hostname(), end) })
}

// KeyName is the setting to set first, for messages.
func (v Vendor) KeyName() string {
	if v.KeyVariable != "" {
		return v.KeyVariable
	}
	return v.Prefix + "_API_KEY"
}

// Limits are what one account of a vendor allows at a time; zero is no limit.
type Limits struct {
	Running   int // tasks submitted and not finished
	PerMinute int // submissions a minute
}

// Settings is what a vendor reads from the environment.
type Settings interface {
	// Accounts is one account for each key; none, and no error, where nothing
	// was set. Only BaseURL, Secret, Variable and Attrs need to be filled.
	Accounts() ([]Account, error)
}

// KeySettings serves every vendor that wants an API key and nothing else.
// Several keys are separated by commas.
type KeySettings struct {
	APIKey  []Secret `split_words:"true" desc:"API key, several separated by commas"`
	BaseURL string   `split_words:"true" desc:"another address of the API"`
	prefix  string
}

// Keys makes the Settings function of a vendor with plain API keys.
func Keys(prefix string) func() Settings {
	return func() Settings { return &KeySettings{prefix: prefix} }
}

// Accounts implements [Settings].
func (s *KeySettings) Accounts() ([]Account, error) {
	return KeyAccounts(s.prefix+"_API_KEY", s.APIKey, s.BaseURL), nil
}
