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
	"aigc/migrations"
)

// SQLite is a ledger in one file, with its WAL beside it. Only one process may open
// it; the lock of the data folder ensures that.
type SQLite struct {
	*store
	path   string
	wdb    *sql.DB
	writer *writer
}

var _ Database = (*SQLite)(nil)

// OpenSQLite opens the ledger at path, creates the file if there is none (the folder
// must exist), and makes durable what an earlier process left in the WAL. It creates
// no tables: see [SQLite.Migrate].
func OpenSQLite(ctx context.Context, path string) (*SQLite, error) {
	if err := createPrivate(path); err != nil {
		return nil, openError(err)
	}
	path, err := filepath.EvalSymlinks(path) // SQLite keeps the WAL beside the file, not beside a link to it
	if err != nil {
		return nil, openError(err)
	}
	wdb, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, openError(err)
	}
	wdb.SetMaxOpenConns(1)
	rdb, err := sql.Open("sqlite", dsn(path, true))
	if err != nil {
		_ = wdb.Close()
		return nil, openError(err)
	}
	rdb.SetMaxOpenConns(readerConns)
	rdb.SetMaxIdleConns(readerConns)
	w := &writer{
		dialect: sqliteDialect, idle: make(chan struct{}),
		open:         func() (*writeConn, error) { return newWriteConn(wdb) },
		checkpointer: checkpointer{path: path + "-wal", max: walMax},
	}
	l := &SQLite{path: path, wdb: wdb, writer: w, store: &store{
		dialect: sqliteDialect, pool: &readPool{db: rdb}, writer: w, files: migrations.SQLite(),
	}}
	l.writer.conn, err = newWriteConn(wdb) // opens the file
	if err == nil {
		err = l.checkpoint()
	}
	if err == nil {
		err = openConns(ctx, rdb)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = l.Close()
		return nil, openError(err)
	}
	return l, nil
}

// readerConns is how many reads may run concurrently.
const readerConns = 4

// openConns opens all connections for reading, so that reading needs no descriptor later.
func openConns(ctx context.Context, db *sql.DB) error {
	var conns [readerConns]*sql.Conn
	var errs []error
	for i := range conns {
		var err error
		conns[i], err = db.Conn(ctx)
		errs = append(errs, err)
	}
	for _, c := range conns {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

func openError(err error) error {
	return fault.Wrap(err, fault.Internal, "ledger_not_opened", "The ledger's file cannot be opened; check that AIGC_DATA_DIR can be written.")
}

// createPrivate creates the file readable by its owner only, since it contains
// prompts. It does not open a file that exists: closing a second descriptor of it
// would release the POSIX locks that SQLite holds in this process.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn is the data source name. Commits survive a power loss (WAL, synchronous=FULL).
// The page cache is 16 MB for the writer and 4 MB per reader.
func dsn(path string, readOnly bool) string {
	timeout := "busy_timeout(" + strconv.Itoa(busyTimeout) + ")"
	q := url.Values{"_pragma": {timeout, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "cache_size(-16384)", "temp_store(MEMORY)",
		"journal_size_limit(" + strconv.Itoa(walMax) + ")"}, "_txlock": {"immediate"}}
	if readOnly {
		q = url.Values{"_pragma": {timeout, "query_only(1)", "cache_size(-4096)"}}
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}

// Name implements [Database].
func (l *SQLite) Name() string { return "SQLite in " + l.path }

// Risks implements [Database].
func (l *SQLite) Risks(context.Context) []string { return nil }

// Migrate implements [Database].
func (l *SQLite) Migrate(ctx context.Context) error {
	have, want, err := l.SchemaVersion(ctx)
	if err != nil || have >= want {
		return err
	}
	db, err := sql.Open("sqlite", dsn(l.path, false)) // goose needs its own pool
	if err != nil {
		return openError(err)
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
		return nil // another process migrated it
	}
	return migrationError(err)
}

func migrationError(err error) error {
	return fault.Wrap(err, fault.Internal, "migration_failed", "The ledger's tables could not be migrated to this program's version.")
}

// checkpoint copies what an earlier process left in the WAL into the file, with an
// fsync of both. After a kill the page cache may have a commit that the disk does
// not have. Before it is durable, nothing may depend on it; in particular no spool
// entry may be removed because of it.
func (l *SQLite) checkpoint() error {
	if info, err := os.Stat(l.path + "-wal"); err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // there is no WAL
	}
	_, err := pragma(l.writer.conn, "wal_checkpoint(PASSIVE)")
	return err
}

// Close waits for running and queued writes and closes the file. It may be called
// twice.
func (l *SQLite) Close() error {
	var err error
	l.once.Do(func() {
		l.writer.close()
		err = l.pool.db.Close()
		if s := l.writer.conn; s != nil {
			s.close()
			err = errors.Join(err, s.sqlConn.Close())
		}
		err = errors.Join(err, l.wdb.Close())
	})
	return err
}
