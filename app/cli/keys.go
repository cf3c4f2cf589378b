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
		Use: "keys", Short: "Callers' API keys: add, list, revoke",
		Long: "Callers' API keys, stored hashed in the ledger of AIGC_DATA_DIR. A running\nserver takes changes over within seconds.",
	}
	var admin bool
	add := &cobra.Command{
		Use: "add NAME", Short: "Make a key; it is shown only once", Args: one("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.addKey(cmd.Context(), args[0], admin) },
	}
	add.Flags().BoolVar(&admin, "admin", false, "it sees and changes everybody's tasks and files")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "The names of the keys", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.listKeys(cmd.Context(), asJSON) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	revoke := &cobra.Command{
		Use: "revoke NAME", Short: "Take a key away; its tasks and files stay", Args: one("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.revokeKey(cmd.Context(), args[0]) },
	}
	cmd.AddCommand(add, list, revoke)
	return needsSubcommand(cmd)
}

// needsSubcommand makes a command that only groups others say so.
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

// withLedger opens the ledger of the data folder beside whoever works there:
// a key is one row, and the database sees to the rest. A new one is made.
func (c *cli) withLedger(ctx context.Context, f func(*config.Settings, *ledger.SQLite) error) error {
	l, err := c.settings()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.DataDir, 0o700); err != nil {
		return fmt.Errorf("AIGC_DATA_DIR: %w", err)
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
		err = fmt.Errorf("the ledger in %s is of version %d, and this program needs %d: run `aigc migrate`", l.DataDir, have, want)
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
				return fmt.Errorf("there is a key named %s in AIGC_API_KEYS", name)
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
			return fmt.Errorf("there is a key named %s; `aigc keys revoke %s` takes it away", name, name)
		}
		c.say("The key of %s, which is shown only this once:", name)
		c.print("%s\n", key)
		if len(before)+len(l.APIKeys) == 0 {
			c.say("It is the first one: from now on every caller needs a key, and tasks made without one are seen by admins only.")
		}
		return nil
	})
}

// keyRow is a key as it is listed.
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
		c.say("There are no keys: on a loopback address anybody on the machine may call.")
		return nil
	}
	t := newTable(c.Out, "NAME", "RIGHTS", "CREATED", "FROM")
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
		return fmt.Errorf("there are no keys in %s", l.DataDir) // and no reason to make a ledger
	}
	return c.withLedger(ctx, func(l *config.Settings, db *ledger.SQLite) error {
		for _, k := range l.APIKeys {
			if k.Name == name {
				return fmt.Errorf("the key of %s comes from AIGC_API_KEYS; take it out there and start the server anew", name)
			}
		}
		if err := db.RevokeKey(ctx, name); err != nil {
			return err
		}
		c.say("The key of %s is revoked.", name)
		left, err := db.Keys(ctx)
		if err == nil && len(left)+len(l.APIKeys) == 0 {
			c.warn("it was the last one: on a loopback address anybody on the machine may call now, and a server on another address makes a new key when it starts.")
		}
		return err
	})
}
