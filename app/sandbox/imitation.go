package sandbox

import (
	"net/http"
	"net/url"
	"strings"

	"aigc/app/provider"
)

// Imitation is one vendor's offline stand-in: the same paths below the base
// URL, the same checks, the same error shapes.
type Imitation struct {
	Vendor  provider.Vendor
	Handler func(*Kit) http.Handler

	// Complete fills in the credentials that the imitation wants where a single
	// key is not all of them. The account's BaseURL is set. Nil: [Key] alone.
	Complete func(*provider.Account)
}

// Account is the account that the imitation accepts on a sandbox at root.
func (i Imitation) Account(root string) provider.Account {
	path := ""
	if u, err := url.Parse(i.Vendor.BaseURL); err == nil {
		path = strings.TrimRight(u.Path, "/")
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

// Accounts are those of all imitations on a sandbox at root.
func Accounts(root string, imitations []Imitation) *provider.Accounts {
	out := provider.NewAccounts()
	for _, i := range imitations {
		out.Add(i.Vendor, provider.Limits{}, i.Account(root))
	}
	return out
}
