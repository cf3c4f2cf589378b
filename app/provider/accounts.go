package provider

import "strings"

// Accounts are the configured accounts and their limits, by vendor.
type Accounts struct {
	accounts map[string][]Account
	limits   map[string]Limits
}

// NewAccounts makes an empty set.
func NewAccounts() *Accounts {
	return &Accounts{accounts: map[string][]Account{}, limits: map[string]Limits{}}
}

// Add adds accounts of a vendor and sets their limits. It sets Vendor and Title, and BaseURL and
// Fingerprint where they are empty.
func (a *Accounts) Add(v Vendor, limits Limits, accounts ...Account) {
	for i := range accounts {
		accounts[i].Vendor, accounts[i].Title = v.Name, v.Title
		if accounts[i].BaseURL == "" {
			accounts[i].BaseURL = v.BaseURL
		}
		accounts[i].BaseURL = strings.TrimRight(accounts[i].BaseURL, "/")
		if accounts[i].Fingerprint == "" {
			accounts[i].Fingerprint = accounts[i].fingerprint()
		}
	}
	a.accounts[v.Name] = append(a.accounts[v.Name], accounts...)
	a.limits[v.Name] = limits
}

// ForVendor are the accounts of a vendor.
func (a *Accounts) ForVendor(vendor string) []Account { return a.accounts[vendor] }

// Limits are the limits of each account of a vendor.
func (a *Accounts) Limits(vendor string) Limits { return a.limits[vendor] }

// Sharing are the fingerprints of the keys that share their limits with an account's
// key, that key included: those of the same base URL and the same name, if they have a
// name or the vendor's limits are per account.
func (a *Accounts) Sharing(acc Account) []string {
	if acc.Name == "" && !a.limits[acc.Vendor].PerAccount {
		return []string{acc.Fingerprint}
	}
	var out []string
	for _, other := range a.accounts[acc.Vendor] {
		if other.BaseURL == acc.BaseURL && other.Name == acc.Name {
			out = append(out, other.Fingerprint)
		}
	}
	return out
}

// Find is the account that a task was claimed for: same vendor, base URL and key. It is
// missing after the key was removed from the settings; then the task has to wait for it.
func (a *Accounts) Find(vendor, baseURL, fingerprint string) (Account, bool) {
	for _, acc := range a.accounts[vendor] {
		if acc.BaseURL == baseURL && acc.Fingerprint == fingerprint {
			return acc, true
		}
	}
	return Account{}, false
}

// Empty reports whether no vendor has an account.
func (a *Accounts) Empty() bool {
	for _, list := range a.accounts {
		if len(list) > 0 {
			return false
		}
	}
	return true
}
