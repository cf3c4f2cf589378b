package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"aigc/app"
)

func (c *cli) migrateCommand() *cobra.Command {
	var from, to string
	var objects bool
	cmd := &cobra.Command{
		Use: "migrate", Short: "Migrate the ledger's schema to this version, or copy a SQLite ledger to PostgreSQL", Args: cobra.NoArgs,
		Long: "Migrate the ledger's schema to this version. `aigc all` does it automatically; roles that\nrun apart refuse an older schema. Migrations only add to the schema, so an older process can go on running.\n\n" +
			"With --from, copy the ledger of a data folder that no server uses to an empty PostgreSQL database, and\nwith --objects its objects to the bucket of the MINIO_ settings. Counts and SHA-256 of everything are\n" +
			"compared. Interrupted, it continues when it is called again. The SQLite file is renamed at the end, so\nthat no server submits its queued tasks a second time. See docs/backup.md.",
		Example: "  aigc migrate\n  aigc migrate --from sqlite:./data --to postgres://aigc:password@db:5432/aigc --objects",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			l, err := c.settings()
			if err != nil {
				return err
			}
			if from != "" {
				return c.transfer(ctx, l, from, to, objects)
			}
			if to != "" || objects {
				return &usageError{errors.New("--to and --objects need --from")}
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
	cmd.Flags().StringVar(&from, "from", "", "copy this ledger: sqlite:PATH, a data folder or the ledger in it")
	cmd.Flags().StringVar(&to, "to", "", "copy to this empty database: postgres://user:password@host:port/database; default DATABASE_URL")
	cmd.Flags().BoolVar(&objects, "objects", false, "also copy the objects to the bucket of MINIO_ENDPOINT")
	return cmd
}
