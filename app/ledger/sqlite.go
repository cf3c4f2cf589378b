package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/pressly/goose/v3"

	"aigc/app/fault"
	"aigc/app/task"
	"aigc/migrations"
)

// SQLite is a ledger in one file, with its journal beside it. One process
// opens it; see design.md on who holds the lock of the data folder.
type SQLite struct {
	*store
	path string
	wdb  *sql.DB
}

var _ task.Ledger = (*SQLite)(nil)

// OpenSQLite opens the ledger at path and makes the file if there is none; the
// folder must exist. It creates no tables: see [SQLite.Migrate].
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	if err := private(path); err != nil {
		return nil, cannotOpen(err)
	}
	path, err := filepath.EvalSymlinks(path) // SQLite keeps the log beside the file itself
	if err != nil {
		return nil, cannotOpen(err)
	}
	wdb, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, cannotOpen(err)
	}
	wdb.SetMaxOpenConns(1)
	rdb, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		_ = wdb.Close()
		return nil, cannotOpen(err)
	}
	rdb.SetMaxOpenConns(readerConns)
	rdb.SetMaxIdleConns(readerConns)
	l := &SQLite{path: path, wdb: wdb, store: &store{
		dialect: sqliteDialect,
		reader:  &readers{db: rdb},
		files:   migrations.SQLite(),
		writer: &writer{
			dialect: sqliteDialect, idle: make(chan struct{}),
			open:    func() (*session, error) { return newSession(wdb) },
			journal: journal{path: path + "-wal", max: journalMax},
		},
	}}
	l.writer.session, err = newSession(wdb) // the first look at the file
	if err == nil {
		err = l.checkpoint()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = l.Close()
		return nil, cannotOpen(err)
	}
	return l, nil
}

// readerConns is how many reads may run side by side.
const readerConns = 4

func cannotOpen(err error) error {
	return fault.Wrap(err, fault.Internal, "ledger_not_opened", "The ledger's file cannot be opened; check that AIGC_DATA_DIR can be written.")
}

// private makes the file readable by nobody else: it holds prompts. A file
// that exists is not touched, since closing a second handle on it would drop
// the locks that SQLite holds.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn opens a file the way that survives a loss of power: what was accepted
// must be there afterwards. The cache is 16 MB for the writer, 4 MB a reader.
func dsn(path string, readOnly bool) string {
	wait := "busy_timeout(" + strconv.Itoa(busyTimeout) + ")"
	q := url.Values{"_pragma": {wait, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-16384)",
		"journal_size_limit(" + strconv.Itoa(journalMax) + ")"}, "_txlock": {"immediate"}}
	if readOnly {
		q = url.Values{"_pragma": {wait, "query_only(1)", "cache_size(-4096)"}}
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// Migrate brings the schema up to this program's version. It may be called by
// several processes at a time, and costs next to nothing when there is nothing
// to do.
func (l *SQLite) Migrate(ctx context.Context) error {
	have, want, err := l.SchemaVersion(ctx)
	if err != nil || have >= want {
		return err
	}
	db, err := sql.Open("sqlite", dsn(l.path, false)) // goose wants a pool of its own
	if err != nil {
		return cannotOpen(err)
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectSQLite3, db, l.files)
	if err == nil {
		_, err = p.Up(ctx)
	}
	if err == nil {
		return nil
	}
	if have, want, verr := l.SchemaVersion(ctx); verr == nil && have >= want {
		return nil // another process was quicker
	}
	return fault.Wrap(err, fault.Internal, "migration_failed", "The ledger's tables could not be brought up to date.")
}

// checkpoint copies what an earlier life left in the log into the file, with an
// fsync of both. After a kill the log is read from the page cache, which may hold
// what the disk does not: nothing may be concluded from it, and no spool entry
// removed because of it, before it is durable.
func (l *SQLite) checkpoint() error {
	if info, err := os.Stat(l.path + "-wal"); err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // there is none
	}
	_, err := pragma(l.writer.session, "wal_checkpoint(PASSIVE)")
	return err
}

// Close waits for writes under way and closes the file. It may be called twice.
func (l *SQLite) Close() error {
	var err error
	l.once.Do(func() {
		l.writer.close()
		err = l.reader.db.Close()
		if s := l.writer.session; s != nil {
			s.close()
			err = errors.Join(err, s.conn.Close())
		}
		err = errors.Join(err, l.wdb.Close())
	})
	return err
}
