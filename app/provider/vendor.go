package provider

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Vendor describes one company's API. Routes of several modules may name the same vendor;
// it is registered once, by Name.
type Vendor struct {
	Name    string // "openai"; stored with tasks, so it must not change
	Title   string // for people: "OpenAI"
	BaseURL string // of the official API

	// Hosts are suffixes of further official host names, such as those of regions.
	Hosts []string

	// Prefix of the settings: with "OPENAI" they are OPENAI_API_KEY, OPENAI_BASE_URL,
	// OPENAI_MAX_RUNNING, OPENAI_PER_MINUTE and OPENAI_POLL_EVERY. The last three exist
	// for every vendor. Empty: Settings is read without a prefix, and the three begin with
	// Name in upper case.
	Prefix string
	// KeyVariable is the setting that messages about a missing key name; empty:
	// PREFIX_API_KEY.
	KeyVariable string
	// Settings makes an empty settings struct, which the config loader fills by
	// envconfig; usually [Keys].
	Settings func() Settings

	Limits Limits // documented by the vendor; the settings may change them

	// Probe sends a free request that needs the key, to check whether a parked key works
	// again; see [ProbeGET]. Nil if the vendor has no such request.
	Probe func(ctx context.Context, c Call) error

	// Models asks, for free, which models the account's host serves. Nil if the vendor
	// serves those of its routes' tables.
	Models func(ctx context.Context, c Call) ([]string, error)
}

// IsOfficialHost reports whether a base URL is the vendor's own, as opposed to that of a
// gateway.
func (v Vendor) IsOfficialHost(baseURL string) bool {
	if baseURL == v.BaseURL {
		return true
	}
	u, err := url.Parse(baseURL)
	return err == nil && slices.ContainsFunc(v.Hosts, func(end string) bool { return strings.HasSuffix(u.Hostname(), end) })
}

// KeyName is the setting of the key, for messages.
func (v Vendor) KeyName() string {
	if v.KeyVariable != "" {
		return v.KeyVariable
	}
	return v.Prefix + "_API_KEY"
}

// Limits are the limits of one account; zero is no limit.
type Limits struct {
	Running   int // tasks submitted and not finished
	PerMinute int // submissions per minute

	// PollEvery is the pause between two polls of a job, instead of that of the route.
	PollEvery time.Duration

	// PerAccount is set if the vendor documents that its limits are those of an account
	// and not of a key: then all keys of one base URL share them, except keys written as
	// "name=key", which share them with the keys of the same name.
	PerAccount bool
}

// Settings are the settings of a vendor, read from the environment.
type Settings interface {
	// Accounts makes one account for each key; none, and no error, if no key is set.
	// Only Name, BaseURL, Secret, AccessKey, Variable and Attrs need to be set.
	Accounts() ([]Account, error)
}

// KeySettings are the settings of a vendor whose only credential is an API key. Several
// keys are separated by commas.
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
