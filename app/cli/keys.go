package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"aigc/app"
	"aigc/app/ledger"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

func (c *cli) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys", Short: "Add, list and revoke callers' API keys",
		Long: "Add, list and revoke callers' API keys: of the server at AIGC_URL, for which AIGC_API_KEY\nmust be an admin's, else in the ledger. Only hashes are stored. A running server applies\nchanges within seconds.",
	}
	var admin bool
	add := &cobra.Command{
		Use: "add NAME", Short: "Add a key; it is printed only once", Args: exactlyOne("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.addKey(cmd.Context(), args[0], admin) },
	}
	add.Flags().BoolVar(&admin, "admin", false, "the key sees and changes all callers' tasks and files, and the keys")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the keys by name", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.listKeys(cmd.Context(), asJSON) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	revoke := &cobra.Command{
		Use: "revoke NAME", Short: "Revoke a key; its tasks and files are kept", Args: exactlyOne("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.revokeKey(cmd.Context(), args[0]) },
	}
	cmd.AddCommand(add, list, revoke)
	return needsSubcommand(cmd)
}

// needsSubcommand makes cmd, which only groups subcommands, print its help, or an
// error for an unknown subcommand.
func needsSubcommand(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage("there is no command %q", cmd.CommandPath()+" "+args[0])
		}
		return cmd.Help()
	}
	return cmd
}

// withLedger opens the ledger of the settings, and creates its tables if there are
// none. A server may be using it: each change of a key is one transaction.
func (c *cli) withLedger(ctx context.Context, f func(*config.Settings, ledger.Database) error) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.DataDir, 0o700); err != nil {
		return fmt.Errorf("AIGC_DATA_DIR: %w; set it to a folder that this user can write", err)
	}
	db, err := app.OpenLedger(ctx, l)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	have, want, err := db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have == 0 {
		err = db.Migrate(ctx)
	} else if have < want {
		err = app.OlderSchema(db, have, want)
	}
	if err != nil {
		return err
	}
	return f(l, db)
}

// withKeys calls f with the keys of the server at AIGC_URL, else with those of the
// ledger, which is created if create is set; without a ledger f gets nil.
func (c *cli) withKeys(ctx context.Context, create bool, f func(l *config.Settings, keys service.KeyAdmin) error) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if l.URL != "" {
		return f(l, remoteKeys{newClient(l.URL, l.APIKey.Reveal())})
	}
	if !create && !ledgerExists(l) {
		return f(l, nil)
	}
	return c.withLedger(ctx, func(l *config.Settings, db ledger.Database) error {
		ring := service.Keyring{Ledger: db}
		for _, k := range l.APIKeys {
			ring.Configured = append(ring.Configured, service.Key{Name: k.Name, Key: k.Key, Admin: k.Admin})
		}
		return f(l, ring)
	})
}

// remoteKeys are the keys of a server.
type remoteKeys struct{ *client }

const keysPath = "/api/keys"

// ListKeys implements [service.KeyAdmin].
func (r remoteKeys) ListKeys(ctx context.Context) ([]service.KeyView, error) {
	var v service.KeyListView
	err := r.get(ctx, keysPath, &v)
	return v.Keys, err
}

// AddKey implements [service.KeyAdmin].
func (r remoteKeys) AddKey(ctx context.Context, name string, admin bool) (*service.NewKey, error) {
	body, err := json.Marshal(map[string]any{"name": name, "admin": admin})
	if err != nil {
		return nil, err
	}
	a, err := r.call(ctx, http.MethodPost, keysPath, bytes.NewReader(body), "Content-Type", "application/json")
	if lost := (*unreachable)(nil); errors.As(err, &lost) && lost.sent {
		return nil, fmt.Errorf("%w; the key may have been made, and cannot be shown again: `aigc keys list` says so, and `aigc keys revoke %s` revokes it", err, name)
	}
	if err != nil {
		return nil, err
	}
	k := &service.NewKey{}
	return k, a.read(k)
}

// RevokeKey implements [service.KeyAdmin].
func (r remoteKeys) RevokeKey(ctx context.Context, name string) (*service.KeysLeft, error) {
	a, err := r.call(ctx, http.MethodDelete, keysPath+"/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	left := &service.KeysLeft{}
	return left, a.read(left)
}

func (c *cli) addKey(ctx context.Context, name string, admin bool) error {
	if err := task.CheckKeyName(name); err != nil {
		return usage("%w", err)
	}
	return c.withKeys(ctx, true, func(_ *config.Settings, keys service.KeyAdmin) error {
		k, err := keys.AddKey(ctx, name, admin)
		if err != nil {
			return err
		}
		c.say("The key of %s; it is shown only once:", name)
		c.print("%s\n", k.Key)
		if k.First {
			c.say("This is the first key: from now on every caller needs a key, and tasks made without one are visible to admins only.")
		}
		return nil
	})
}

func (c *cli) listKeys(ctx context.Context, asJSON bool) error {
	return c.withKeys(ctx, false, func(l *config.Settings, keys service.KeyAdmin) error {
		list := []service.KeyView{}
		open := true
		if keys == nil {
			for _, k := range l.APIKeys {
				list = append(list, service.KeyView{Name: k.Name, Admin: k.Admin, Source: "AIGC_API_KEYS"})
			}
		} else {
			var err error
			if list, err = keys.ListKeys(ctx); err != nil {
				return err
			}
		}
		if ring, ok := keys.(service.Keyring); ok {
			var err error
			if open, err = ring.Open(ctx); err != nil {
				return err
			}
		}
		switch {
		case asJSON:
			return printJSON(c.Out, list)
		case len(list) == 0 && (!open || l.IsPublic()):
			c.say("There are no keys, but callers need one: `aigc keys add NAME --admin` makes one.")
			return nil
		case len(list) == 0:
			c.say("There are no keys: a server on a loopback address accepts every program on the machine.")
			return nil
		}
		return c.printKeys(list)
	})
}

func (c *cli) printKeys(list []service.KeyView) error {
	t := newTable(c.Out, "NAME", "RIGHTS", "CREATED", "LAST USED", "SOURCE")
	for _, k := range list {
		rights, created, used := "own tasks", "-", "-"
		if k.Admin {
			rights = "admin"
		}
		if k.Created != nil {
			created = k.Created.Local().Format(time.DateTime)
		}
		if k.LastUsed != nil {
			used = *k.LastUsed
		}
		t.row(k.Name, rights, created, used, k.Source)
	}
	return t.flush()
}

func (c *cli) revokeKey(ctx context.Context, name string) error {
	return c.withKeys(ctx, false, func(l *config.Settings, keys service.KeyAdmin) error {
		if keys == nil {
			return fmt.Errorf("there are no keys in %s", l.DataDir) // do not create a ledger
		}
		left, err := keys.RevokeKey(ctx, name)
		if err != nil {
			return err
		}
		c.say("The key of %s is revoked.", name)
		switch {
		case left.Keys == 0:
			c.warn("it was the last key: no caller is accepted until `aigc keys add NAME --admin` makes one, on the machine with the data folder; a server that starts without keys makes one.")
		case left.Admins == 0:
			c.warn("it was the last admin key: `aigc keys add NAME --admin` makes one, on the machine with the data folder.")
		}
		return nil
	})
}
