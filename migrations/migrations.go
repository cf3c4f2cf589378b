// Package migrations contains the schema of the ledger, one folder per database.
// Migrations only expand it, so that an older process can work on a newer schema; there are
// no down migrations. The schema has no vendor's name and no column of a single
// module, so that a new model needs no migration.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql
var files embed.FS

// SQLite returns the migrations for SQLite, named 0001_x.sql and so on.
func SQLite() fs.FS {
	dir, err := fs.Sub(files, "sqlite")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}
