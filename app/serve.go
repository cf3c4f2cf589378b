package app

import (
	"context"
	"fmt"
	"os"
	"time"

	"aigc/app/module"
	"aigc/app/provider"
	"aigc/app/service"
	"aigc/app/task"
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

// firstKey creates an admin key for a server that is not on loopback and has none,
// and prints it to stderr. Of several processes that start at the same time one
// inserts the row, and only that one prints its key. Only the hash is stored.
func (a *App) firstKey(ctx context.Context) error {
	stored, err := a.Ledger.Keys(ctx)
	if err != nil || len(stored) > 0 || len(a.conf.APIKeys) > 0 {
		return err
	}
	key := "aigc_" + task.RandomHex(24)
	won, err := a.Ledger.AddKey(ctx, task.APIKey{Name: "admin", Hash: service.HashKey(key), Admin: true, Created: time.Now()})
	if err == nil && won {
		fmt.Fprintf(os.Stderr, "\nThis address can be reached from other machines, so an admin API key was created. It is shown only once:\n\n  %s\n\n", key)
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
