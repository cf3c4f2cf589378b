// Package migrations contains the schema of the ledger, one folder per database.
// Migrations only expand it, so that an older process can work on a newer schema; there are
// no down migrations. The schema has no vendor's name and no column of a single
// module, so that a new model needs no migration.
//
// The folders hold the same tables: a test of package ledger compares them, so that a
// migration of one is not forgotten in the other.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite, named 0001_x.sql and so on.
func SQLite() fs.FS { return folder("sqlite") }

// Postgres returns the migrations for PostgreSQL.
func Postgres() fs.FS { return folder("postgres") }

func folder(name string) fs.FS {
	dir, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}
