package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"aigc/app/ledger"
	"aigc/app/service"
	"aigc/app/task"
	"aigc/config"
)

func (c *cli) keysCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "keys", Short: "Add, list and revoke callers' API keys",
		Long: "Add, list and revoke callers' API keys. They are stored hashed in the ledger of\nAIGC_DATA_DIR. A running server applies changes within seconds.",
	}
	var admin bool
	add := &cobra.Command{
		Use: "add NAME", Short: "Add a key; it is printed only once", Args: exactlyOne("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.addKey(cmd.Context(), args[0], admin) },
	}
	add.Flags().BoolVar(&admin, "admin", false, "the key sees and changes all callers' tasks and files")
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

// withLedger opens the ledger of the data folder, and creates it if it does not
// exist. A server may be using it: each change of a key is one transaction.
func (c *cli) withLedger(ctx context.Context, f func(*config.Settings, *ledger.SQLite) error) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.DataDir, 0o700); err != nil {
		return fmt.Errorf("AIGC_DATA_DIR: %w; set it to a folder that this user can write", err)
	}
	db, err := ledger.OpenSQLite(ctx, ledgerFile(l.DataDir))
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
		err = fmt.Errorf("the ledger in %s has schema version %d, this program needs %d: run `aigc migrate`", l.DataDir, have, want)
	}
	if err != nil {
		return err
	}
	return f(l, db)
}

func (c *cli) addKey(ctx context.Context, name string, admin bool) error {
	if err := config.CheckKeyName(name); err != nil {
		return usage("%w", err)
	}
	return c.withLedger(ctx, func(l *config.Settings, db *ledger.SQLite) error {
		for _, k := range l.APIKeys {
			if k.Name == name {
				return fmt.Errorf("there is a key named %s in AIGC_API_KEYS already", name)
			}
		}
		before, err := db.Keys(ctx)
		if err != nil {
			return err
		}
		key := "aigc_" + task.RandomHex(24)
		added, err := db.AddKey(ctx, task.APIKey{Name: name, Hash: service.HashKey(key), Admin: admin, Created: time.Now()})
		if err != nil {
			return err
		}
		if !added {
			return fmt.Errorf("there is a key named %s already; `aigc keys revoke %s` revokes it", name, name)
		}
		c.say("The key of %s; it is shown only once:", name)
		c.print("%s\n", key)
		if len(before)+len(l.APIKeys) == 0 {
			c.say("This is the first key: from now on every caller needs a key, and tasks made without one are visible to admins only.")
		}
		return nil
	})
}

// keyRow is a row of `aigc keys list`.
type keyRow struct {
	Name    string     `json:"name"`
	Admin   bool       `json:"admin"`
	Created *time.Time `json:"created"`
	Source  string     `json:"source"` // ledger or AIGC_API_KEYS
}

func (c *cli) listKeys(ctx context.Context, asJSON bool) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	stored, err := storedKeys(ctx, l.DataDir)
	if err != nil {
		return err
	}
	rows := []keyRow{}
	for _, k := range stored {
		rows = append(rows, keyRow{k.Name, k.Admin, &k.Created, "ledger"})
	}
	for _, k := range l.APIKeys {
		rows = append(rows, keyRow{k.Name, k.Admin, nil, "AIGC_API_KEYS"})
	}
	if asJSON {
		return printJSON(c.Out, rows)
	}
	if len(rows) == 0 {
		c.say("There are no keys: a server on a loopback address accepts every program on the machine.")
		return nil
	}
	t := newTable(c.Out, "NAME", "RIGHTS", "CREATED", "SOURCE")
	for _, k := range rows {
		rights, created := "own tasks", "-"
		if k.Admin {
			rights = "admin"
		}
		if k.Created != nil {
			created = k.Created.Local().Format(time.DateTime)
		}
		t.row(k.Name, rights, created, k.Source)
	}
	return t.flush()
}

func (c *cli) revokeKey(ctx context.Context, name string) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if _, err := os.Stat(ledgerFile(l.DataDir)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there are no keys in %s", l.DataDir) // do not create a ledger
	}
	return c.withLedger(ctx, func(l *config.Settings, db *ledger.SQLite) error {
		for _, k := range l.APIKeys {
			if k.Name == name {
				return fmt.Errorf("the key of %s comes from AIGC_API_KEYS; remove it there and restart the server", name)
			}
		}
		if err := db.RevokeKey(ctx, name); err != nil {
			return err
		}
		c.say("The key of %s is revoked.", name)
		left, err := db.Keys(ctx)
		if err == nil && len(left)+len(l.APIKeys) == 0 {
			c.warn("it was the last key: a server on a loopback address now accepts every program on the machine, and a server on another address makes a new key when it starts.")
		}
		return err
	})
}
