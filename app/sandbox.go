package app

import (
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

// Accounts are those that a server with these settings uses: the vendors', or
// the sandbox's.
func Accounts(c *config.Loaded, h *module.Host) *provider.Accounts {
	if c.Sandbox == "on" || c.Sandbox == "auto" && c.Accounts.Empty() {
		return sandboxAccounts(c.SandboxURL, h)
	}
	return c.Accounts
}

// useSandbox decides whether the sandbox stands in for the vendors, and starts
// it. With "auto" it does only where no vendor key is set at all, so that a
// typo in a key never draws foxes in production.
func useSandbox(c *config.Loaded, h *module.Host, embedded bool) (*sandbox.Server, *provider.Accounts, error) {
	on := c.Sandbox == "on" || c.Sandbox == "auto" && c.Accounts.Empty() && (embedded || c.SandboxURL != "")
	if !on {
		return nil, c.Accounts, nil
	}
	if c.SandboxURL != "" {
		return nil, sandboxAccounts(c.SandboxURL, h), nil
	}
	s, err := NewSandbox(filepath.Join(c.DataDir, "sandbox"), h)
	if err != nil {
		return nil, nil, err
	}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		return nil, nil, err
	}
	return s, sandboxAccounts(s.Root(), h), nil
}
