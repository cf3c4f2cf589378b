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

	// Objects calls each for every object that a row names: results, inputs and uploads,
	// then kept answers.
	Objects(ctx context.Context, each func(Stored) error) error
	// Forget deletes the row that names an object which does not exist any more, and says
	// in the row of its task that it was removed.
	Forget(ctx context.Context, o Stored) error
	// Hold keeps the queued tasks of a ledger that is a copy from being submitted, until
	// Release. Both return how many there are.
	Hold(ctx context.Context) (int64, error)
	Release(ctx context.Context) (int64, error)
	// CountTasks counts all tasks, also finished ones: it takes its time.
	CountTasks(ctx context.Context) (int64, error)

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
