package provider_test

import (
	"slices"
	"testing"

	"aigc/app/provider"
)

// Keys share their limits by name, and without names where the vendor says so.
func TestSharing(t *testing.T) {
	t.Parallel()
	key := func(name, base, fingerprint string) provider.Account {
		return provider.Account{Name: name, BaseURL: base, Secret: "x", Fingerprint: fingerprint}
	}
	keys := []provider.Account{
		key("", "https://a", "1"), key("", "https://a", "2"), key("", "https://b", "3"),
		key("team", "https://a", "4"), key("team", "https://a", "5"), key("team", "https://b", "6"), key("other", "https://a", "7"),
	}
	for name, c := range map[string]struct {
		perAccount bool
		want       map[string][]string // by fingerprint
	}{
		"limits of a key":      {false, map[string][]string{"1": {"1"}, "3": {"3"}, "4": {"4", "5"}, "6": {"6"}, "7": {"7"}}},
		"limits of an account": {true, map[string][]string{"1": {"1", "2"}, "2": {"1", "2"}, "3": {"3"}, "5": {"4", "5"}, "7": {"7"}}},
	} {
		accounts := provider.NewAccounts()
		accounts.Add(provider.Vendor{Name: "v"}, provider.Limits{Running: 1, PerAccount: c.perAccount}, keys...)
		for _, a := range accounts.ForVendor("v") {
			if want := c.want[a.Fingerprint]; want != nil && !slices.Equal(accounts.Sharing(a), want) {
				t.Errorf("%s: %s shares with %q, want %q", name, a.Fingerprint, accounts.Sharing(a), want)
			}
		}
	}
}
