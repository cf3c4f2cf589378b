package app

import (
	"context"
	"path/filepath"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/config"
)

// Verticals are what the program is built with: the modules, and the imitations
// of their vendors.
type Verticals struct {
	*module.Registry
	Sandboxes []sandbox.Imitation
}

// UsesSandbox says whether the sandbox stands in for the vendors. With "auto" it
// does only where no vendor key is set at all and nobody elsewhere can call, so
// that a typo in a key never draws foxes in production; a sandbox that is named
// is used wherever no key is set. A role apart never starts one of its own.
func UsesSandbox(c *config.Settings, roles Roles) bool {
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
func Accounts(c *config.Settings, v Verticals) *provider.Accounts {
	if UsesSandbox(c, All) {
		return sandbox.Accounts(c.SandboxURL, v.Sandboxes)
	}
	return c.Accounts
}

// vendors are the accounts to buy with: the settings', or those of the sandbox,
// which is started unless one is named.
func (a *App) vendors(v Verticals) (*provider.Accounts, error) {
	if !UsesSandbox(a.conf, a.roles) {
		return a.conf.Accounts, nil
	}
	a.SandboxURL = a.conf.SandboxURL
	if a.SandboxURL == "" {
		s, err := sandbox.New(filepath.Join(a.conf.DataDir, "sandbox"), v.Sandboxes...)
		if err != nil {
			return nil, err
		}
		a.onStop(func(context.Context) error { return s.Close() })
		if err := s.Listen("127.0.0.1:0"); err != nil {
			return nil, err
		}
		a.Sandbox, a.SandboxURL = s, s.Root()
	}
	return sandbox.Accounts(a.SandboxURL, v.Sandboxes), nil
}
