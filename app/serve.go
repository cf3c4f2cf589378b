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

// serve answers requests on a listener until the app stops.
func (a *App) serve(ln *web.Listener, addr string, c web.Config, root web.Face) {
	if ln == nil {
		return
	}
	c.Loopback = config.IsLoopback(addr)
	ln.Serve(web.New(c, root))
	a.onStop(ln.Shutdown)
}

// firstKey makes a key when the server can be reached from elsewhere and has
// none: a row, one winner among several processes, printed once.
func (a *App) firstKey(ctx context.Context) error {
	stored, err := a.Ledger.Keys(ctx)
	if err != nil || len(stored) > 0 || len(a.conf.APIKeys) > 0 {
		return err
	}
	key := "aigc_" + task.RandomHex(24)
	won, err := a.Ledger.AddKey(ctx, task.APIKey{Name: "admin", Hash: service.HashKey(key), Admin: true, Created: time.Now()})
	if err == nil && won {
		fmt.Fprintf(os.Stderr, "\nThis address can be reached from elsewhere, so a key was made. It is shown only once:\n\n  %s\n\n", key)
	}
	return err
}

func keys(in config.Keys) []service.Key {
	out := make([]service.Key, len(in))
	for i, k := range in {
		out[i] = service.Key{Name: k.Name, Key: k.Key, Admin: k.Admin}
	}
	return out
}

// bases are the addresses that a vendor's answers may name although they are
// private: those the operator has configured himself.
func bases(h *module.Registry, accounts *provider.Accounts) []string {
	var out []string
	for name := range h.Vendors() {
		for _, acc := range accounts.ForVendor(name) {
			out = append(out, acc.BaseURL)
		}
	}
	return out
}
