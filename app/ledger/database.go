package ledger

import (
	"context"

	"aigc/app/task"
)

// Database is a ledger with the management of its tables.
type Database interface {
	task.Ledger

	// SchemaVersion returns the number of the newest migration that the database has, and
	// of the newest one of this program. A database that is ahead can be used, since
	// migrations only add; one that is behind cannot.
	SchemaVersion(ctx context.Context) (have, want int64, err error)
	// Migrate migrates the schema to this program's version. Several processes may call
	// it concurrently. If the schema is current it only reads the version.
	Migrate(ctx context.Context) error
	// Shared says whether several processes may use the database.
	Shared() bool
	// Risks are settings of the database because of which it may lose what it
	// acknowledged.
	Risks(ctx context.Context) []string
	// Name is the kind of the database, and where it is, without its password.
	Name() string
}

// Open opens the ledger at databaseURL, or if that is empty the SQLite ledger at path.
func Open(ctx context.Context, databaseURL, path string) (Database, error) {
	if databaseURL == "" {
		return OpenSQLite(ctx, path)
	}
	return OpenPostgres(ctx, databaseURL)
}
