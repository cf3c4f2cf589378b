package provider

import "strings"

// Accounts are all the accounts that the settings name, by vendor.
type Accounts struct {
	accounts map[string][]Account
	limits   map[string]Limits
}

// NewAccounts makes an empty set.
func NewAccounts() *Accounts {
	return &Accounts{accounts: map[string][]Account{}, limits: map[string]Limits{}}
}

// Add gives a vendor its accounts and limits.
func (a *Accounts) Add(v Vendor, caps Limits, accounts ...Account) {
	for i := range accounts {
		accounts[i].Vendor = v.Name
		if accounts[i].BaseURL == "" {
			accounts[i].BaseURL = v.BaseURL
		}
		accounts[i].BaseURL = strings.TrimRight(accounts[i].BaseURL, "/")
		if accounts[i].Fingerprint == "" {
			accounts[i].Fingerprint = accounts[i].fingerprint()
		}
	}
	a.accounts[v.Name] = append(a.accounts[v.Name], accounts...)
	a.limits[v.Name] = caps
}

// ForVendor are the accounts at a vendor.
func (a *Accounts) ForVendor(vendor string) []Account { return a.accounts[vendor] }

// Limits are the limits of each account at a vendor.
func (a *Accounts) Limits(vendor string) Limits { return a.limits[vendor] }

// Find is the very account that a ticket came from: same vendor, address and
// key. Without it there is nothing to do but wait.
func (a *Accounts) Find(vendor, baseURL, fingerprint string) (Account, bool) {
	for _, acc := range a.accounts[vendor] {
		if acc.BaseURL == baseURL && acc.Fingerprint == fingerprint {
			return acc, true
		}
	}
	return Account{}, false
}

// Empty says that no vendor has an account.
func (a *Accounts) Empty() bool {
	for _, list := range a.accounts {
		if len(list) > 0 {
			return false
		}
	}
	return true
}
