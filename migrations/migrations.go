// Package migrations holds the schema of the ledger, a folder for each kind of
// database. Migrations only expand, so that an older process goes on working
// beside a newer one; there is no way down. No vendor's name and no column of
// a single module ever appears here: a new model costs no migration.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql
var files embed.FS

// SQLite are the migrations for SQLite, named 0001_x.sql and so on.
func SQLite() fs.FS {
	dir, err := fs.Sub(files, "sqlite")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return dir
}
