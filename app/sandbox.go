package app

import (
	"context"
	"path/filepath"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/sandbox"
	"aigc/config"
)

// Verticals are the modules that the program is built with, and the sandbox
// imitations of their vendors.
type Verticals struct {
	*module.Registry
	Sandboxes []sandbox.Imitation
}

// UsesSandbox says whether the sandbox replaces the vendors. AIGC_SANDBOX "on" and
// "off" decide. With "auto" it does only if no vendor key is set at all and either
// AIGC_SANDBOX_URL is set, or the process has both the REST and the worker role
// (or is a CLI command) and listens on loopback only: a typo in a key must not
// give production callers sandbox images.
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

// Accounts returns the accounts that `aigc all` uses with these settings: the
// vendors' or the sandbox's.
func Accounts(c *config.Settings, v Verticals) *provider.Accounts {
	if UsesSandbox(c, All) {
		return sandbox.Accounts(c.SandboxURL, sandbox.Play(v.Sandboxes, c.SandboxAggregator))
	}
	return c.Accounts
}

// vendors returns the accounts to submit with: those of the settings, or those of
// the sandbox, which it starts unless AIGC_SANDBOX_URL is set.
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
	return sandbox.Accounts(a.SandboxURL, sandbox.Play(v.Sandboxes, a.conf.SandboxAggregator)), nil
}
