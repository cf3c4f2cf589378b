package app

import (
	"context"
	"fmt"
	"os"

	"aigc/app/fault"
	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/web"
	"aigc/config"
)

// serve starts an HTTP server with root as its root API on a listener, which may
// be nil, and registers its shutdown. A process that serves MCP serves it on the
// listener of the REST API, too, so that a proxy needs to know one address only.
func (a *App) serve(ln *web.Listener, addr string, c web.Config, root web.Face) {
	if ln == nil {
		return
	}
	c.Loopback = config.IsLoopback(addr)
	h := web.New(c, root)
	if root == web.Face(a.REST) && a.roles.MCP {
		h.Mount("/mcp", a.MCP)
	}
	ln.Serve(h)
	a.onStop(ln.Shutdown)
}

// firstKey creates an admin key for a server that needs keys and has none, and prints it
// to stderr. A server that only this machine reaches is open until the first key was made
// or configured, which the ledger remembers: revoking all keys opens nothing. Of several
// processes that start at the same time one inserts the row, and only that one prints its
// key. Only the hash is stored.
func (a *App) firstKey(ctx context.Context, private bool) error {
	if err := (service.Keyring{Ledger: a.Ledger, Configured: keys(a.conf.APIKeys)}).Check(ctx); err != nil {
		return err
	}
	for _, k := range a.conf.APIKeys {
		if k.Name != service.Local {
			return a.Ledger.NeedKeys(ctx)
		}
	}
	if len(a.conf.APIKeys) > 0 { // one that a command made for itself
		return nil
	}
	ring := service.Keyring{Ledger: a.Ledger}
	list, err := ring.ListKeys(ctx)
	if err != nil || len(list) > 0 || a.roles.Foreground || a.roles.Agent {
		return err
	}
	open, err := ring.Open(ctx)
	if err != nil || open && private {
		return err
	}
	made, err := ring.AddKey(ctx, "admin", true)
	if fault.KindOf(err) == fault.Conflict {
		return nil
	}
	if err == nil {
		why := "This server needs API keys, and there is none"
		if !private {
			why = "This server can be reached from other machines"
		}
		fmt.Fprintf(os.Stderr, "\n%s, so an admin API key was created. It is shown only once:\n\n  %s\n\n", why, made.Key)
	}
	return err
}

// keys converts the keys of the settings.
func keys(in config.Keys) []service.Key {
	out := make([]service.Key, len(in))
	for i, k := range in {
		out[i] = service.Key{Name: k.Name, Key: k.Key, Admin: k.Admin}
	}
	return out
}

// bases are the base URLs of all accounts. Results may be fetched from their
// hosts even at a private address, since the operator has configured them.
func bases(h *module.Registry, accounts *provider.Accounts) []string {
	var out []string
	for name := range h.Vendors() {
		for _, acc := range accounts.ForVendor(name) {
			out = append(out, acc.BaseURL)
		}
	}
	return out
}
