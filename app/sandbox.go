package app

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/config"
)

// NewSandbox makes the host of all vendors' imitations.
func NewSandbox(dir string, h *module.Host) (*sandbox.Server, error) {
	imitations := map[string]func(*sandbox.Kit) http.Handler{}
	for name, v := range h.Vendors() {
		if v.Imitate != nil {
			imitations[name] = v.Imitate
		}
	}
	return sandbox.New(dir, imitations)
}

// sandboxAccounts are accounts at the imitations on a sandbox.
func sandboxAccounts(root string, h *module.Host) *provider.Accounts {
	out := provider.NewAccounts()
	for _, v := range h.Vendors() {
		if v.Imitate == nil {
			continue
		}
		path := ""
		if u, err := url.Parse(v.BaseURL); err == nil {
			path = u.Path
		}
		a := provider.Account{BaseURL: sandbox.BaseURL(root, v.Name, path), Secret: sandbox.Key, Sandbox: true, Variable: "AIGC_SANDBOX"}
		if v.SandboxAttrs != nil {
			a.Secret, a.Attrs = v.SandboxAttrs(a.BaseURL)
		}
		out.Add(v, provider.Caps{}, a)
	}
	return out
}

// Sandboxed says whether the sandbox stands in for the vendors. With "auto" it
// does only where no vendor key is set at all and nobody elsewhere can call, so
// that a typo in a key never draws foxes in production; a sandbox that is named
// is used wherever no key is set. A role apart never starts one of its own.
func Sandboxed(c *config.Loaded, roles Roles) bool {
	switch {
	case c.Sandbox == "on":
		return true
	case c.Sandbox == "off" || !c.Accounts.Empty():
		return false
	case c.SandboxURL != "":
		return true
	}
	whole := roles.API && roles.Worker || roles.Name == InProcess.Name
	return whole && roles.loopback(c)
}

// Accounts are those that `aigc all` uses with these settings: the vendors',
// or the sandbox's.
func Accounts(c *config.Loaded, h *module.Host) *provider.Accounts {
	if Sandboxed(c, All) {
		return sandboxAccounts(c.SandboxURL, h)
	}
	return c.Accounts
}

// vendors are the accounts to buy with: the settings', or those of the sandbox,
// which is started unless one is named.
func (a *App) vendors(h *module.Host) (*provider.Accounts, error) {
	if !Sandboxed(a.conf, a.roles) {
		return a.conf.Accounts, nil
	}
	a.Drawn = a.conf.SandboxURL
	if a.Drawn == "" {
		s, err := NewSandbox(filepath.Join(a.conf.DataDir, "sandbox"), h)
		if err != nil {
			return nil, err
		}
		a.onStop(func(context.Context) error { return s.Close() })
		if err := s.Listen("127.0.0.1:0"); err != nil {
			return nil, err
		}
		a.Sandbox, a.Drawn = s, s.Root()
	}
	return sandboxAccounts(a.Drawn, h), nil
}
