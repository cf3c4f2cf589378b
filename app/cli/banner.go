package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aigc/app"
	"aigc/app/module"
	"aigc/app/service"
	"aigc/config"
)

// printBanner prints the addresses, folder, vendors and callers of a started server.
func (c *cli) printBanner(ctx context.Context, a *app.App, l *config.Settings, roles app.Roles) {
	h := a.LockOwner()
	line := func(name, text string) { c.say("  %-9s %s", name, text) }
	c.say("\n%s %s", c.green("●"), c.bold("aigc "+app.Version+" is ready"))
	if h.URL != "" {
		line("REST", c.cyan(h.URL+"/api"))
		line("Docs", c.cyan(h.URL+"/docs"))
	}
	if h.MCP != "" {
		line("MCP", c.cyan(h.MCP+"/mcp"))
	}
	line("Data", l.DataDir)
	text := vendors(a, l, c.registry)
	if a.SandboxURL != "" || text == noVendors {
		text = c.yellow(text)
	}
	line("Vendors", text)
	line("Callers", callers(ctx, a, l))
	if roles.API {
		c.say("\n  Try: aigc generate gpt \"a red fox\" -o fox.png")
	}
	c.say("")
}

const noVendors = "no vendor key is set, so nothing can be generated: set one (see `aigc config`), or AIGC_SANDBOX=on to try it offline"

// vendors describes the vendors that have a key, or the sandbox.
func vendors(a *app.App, l *config.Settings, h *module.Registry) string {
	if a.SandboxURL != "" {
		why := "no vendor key is set"
		switch {
		case l.Sandbox == "on":
			why = "AIGC_SANDBOX=on"
		case l.SandboxURL != "":
			why = "AIGC_SANDBOX_URL"
		}
		return "the offline sandbox at " + a.SandboxURL + " (" + why + "): imitated vendors, no costs"
	}
	var out []string
	all := h.Vendors()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch n := len(l.Accounts.ForVendor(name)); n {
		case 0:
		case 1:
			out = append(out, all[name].Title)
		default:
			out = append(out, fmt.Sprintf("%s (%d keys)", all[name].Title, n))
		}
	}
	if len(out) == 0 {
		return noVendors
	}
	return strings.Join(out, ", ")
}

// callers describes which callers the server accepts.
func callers(ctx context.Context, a *app.App, l *config.Settings) string {
	ring := service.Keyring{Ledger: a.Ledger}
	stored, err := ring.ListKeys(ctx)
	open, openErr := ring.Open(ctx)
	switch n := len(stored) + len(l.APIKeys); {
	case err != nil || openErr != nil:
		return "unknown: the ledger does not answer"
	case n > 0:
		return fmt.Sprintf("%d key(s); see `aigc keys list`", n)
	case !open:
		return "none: all keys were revoked; `aigc keys add NAME` makes one"
	}
	return "every program on this machine, without a key; `aigc keys add NAME` makes keys required"
}
