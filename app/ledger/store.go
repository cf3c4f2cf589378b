package ledger

import (
	"context"
	"database/sql"
	"io/fs"
	"strconv"
	"strings"
	"sync"

	"aigc/app/fault"
)

// store is a ledger on any database.
type store struct {
	dialect dialect
	reader  *readers
	writer  *writer
	files   fs.FS // its migrations
	once    sync.Once
}

// write runs a change; see [writer.do]. Errors come back as faults.
func (s *store) write(ctx context.Context, run func(*tx) error) error {
	return s.dialect.fault(s.writer.do(ctx, run))
}

// reading is the pool of readers, for as long as ctx lasts.
func (s *store) reading(ctx context.Context) reading {
	return reading{ctx: ctx, readers: s.reader, dialect: s.dialect}
}

// SchemaVersion is the number of the newest migration that the database has,
// and of the newest that this program knows. A database that is ahead is
// fine, since migrations only expand; one that is behind is not to be worked on.
func (s *store) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	names, err := fs.Glob(s.files, "*.sql")
	if err != nil {
		return 0, 0, fault.From(err)
	}
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, 0, fault.From(err)
		}
		want = max(want, n)
	}
	exists := false
	r := s.reading(ctx)
	err = r.ask(s.dialect.hasTable, []any{"goose_db_version"}, func(*sql.Rows) error { exists = true; return nil })
	if err != nil || !exists {
		return 0, want, err
	}
	err = r.ask("SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied", nil,
		func(r *sql.Rows) error { return r.Scan(&have) })
	return have, want, err
}

// Check says whether the ledger can be read, has the tables this program
// needs, and would take a write now.
func (s *store) Check(ctx context.Context) error {
	have, want, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have < want {
		return fault.New(fault.Unavailable, "ledger_outdated", "The ledger's tables are of version %d, this program needs %d: run `aigc migrate`.", have, want)
	}
	return s.write(ctx, func(*tx) error { return nil }) // takes the write lock and gives it back
}
