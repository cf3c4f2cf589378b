package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aigc/app/provider"
)

// Imitation is the offline API of one vendor: the same paths below the base URL,
// the same checks, the same error formats.
type Imitation struct {
	Vendor  provider.Vendor
	Handler func(*Kit) http.Handler

	// Complete sets further credentials of the account, for a vendor that requires
	// more than a key. The account's BaseURL is set before. Nil: only [Key].
	Complete func(*provider.Account)

	// Hosts are the hosts that the imitation can play, for a vendor that is not one
	// company, each below a path of its name; the first is the default. Usually empty.
	Hosts []string
	Host  string // whose account is used; see [Play]
}

// Play returns the imitations with the host chosen in those that have it.
func Play(imitations []Imitation, host string) []Imitation {
	out := slices.Clone(imitations)
	for i := range out {
		if slices.Contains(out[i].Hosts, host) {
			out[i].Host = host
		}
	}
	return out
}

// Account returns the account that the imitation accepts; root is the base URL of
// the sandbox.
func (i Imitation) Account(root string) provider.Account {
	path := ""
	if u, err := url.Parse(i.Vendor.BaseURL); err == nil {
		path = strings.TrimRight(u.Path, "/")
	}
	if len(i.Hosts) > 0 {
		path = "/" + cmp.Or(i.Host, i.Hosts[0]) + path
	}
	a := provider.Account{
		Vendor: i.Vendor.Name, BaseURL: strings.TrimRight(root, "/") + "/" + i.Vendor.Name + path,
		Secret: Key, Variable: "AIGC_SANDBOX", Sandbox: true,
	}
	if i.Complete != nil {
		i.Complete(&a)
	}
	return a
}

// Accounts returns the accounts of all imitations; root is the base URL of the
// sandbox.
func Accounts(root string, imitations []Imitation) *provider.Accounts {
	out := provider.NewAccounts()
	for _, i := range imitations {
		out.Add(i.Vendor, provider.Limits{}, i.Account(root))
	}
	return out
}
