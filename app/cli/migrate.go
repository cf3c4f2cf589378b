package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aigc/app"
)

func (c *cli) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Migrate the ledger's schema to this version", Args: cobra.NoArgs,
		Long: "Migrate the ledger's schema to this version. `aigc all` does it automatically; roles that\nrun apart refuse an older schema. Migrations only add to the schema, so an older process can go on running.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
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
			was, _, err := db.SchemaVersion(ctx)
			if err != nil {
				return err
			}
			if err := db.Migrate(ctx); err != nil {
				return err
			}
			is, _, err := db.SchemaVersion(ctx)
			if err != nil {
				return err
			}
			c.print("%s: version %d, was %d\n", db.Name(), is, was)
			return nil
		},
	}
}
