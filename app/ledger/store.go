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

// store is the part of a ledger that does not depend on the database.
type store struct {
	dialect dialect
	pool    *readPool
	writer  committer
	files   fs.FS // its migrations
	once    sync.Once

	answered answered
	contact  contact
}

// committer runs write transactions.
type committer interface {
	// do runs a caller's part of a transaction and returns when it is durable. run may
	// be called more than once. If ctx ends before it has begun, it is not run; once it
	// has begun, do returns its result in any case.
	do(ctx context.Context, o opening, run func(*tx) error) error
	// close refuses new transactions and waits for those that were passed to do.
	close()
}

// opening is how a transaction begins where that costs round trips. SQLite ignores it.
type opening struct {
	locks []string // are taken first
	// blind: the transaction neither reads nor uses the clock, so that it is sent as a
	// whole with its COMMIT.
	blind bool
}

// write runs a caller's part of a write transaction. Its errors are faults.
func (s *store) write(ctx context.Context, run func(*tx) error) error {
	return s.dialect.fault(s.writer.do(ctx, opening{}, run))
}

// writeLocked is [store.write] with locks that are taken first, in the given order.
func (s *store) writeLocked(ctx context.Context, locks []string, run func(*tx) error) error {
	return s.dialect.fault(s.writer.do(ctx, opening{locks: locks}, run))
}

// writeBlind is [store.write] for a transaction that calls nothing but [tx.later].
func (s *store) writeBlind(ctx context.Context, run func(*tx) error) error {
	return s.dialect.fault(s.writer.do(ctx, opening{blind: true}, run))
}

// reader runs queries on the read pool until ctx ends.
func (s *store) reader(ctx context.Context) reader {
	return reader{ctx: ctx, readPool: s.pool, dialect: s.dialect}
}

// SchemaVersion implements [Database].
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
	r := s.reader(ctx)
	err = r.query(s.dialect.hasTable, []any{"goose_db_version"}, func(*sql.Rows) error { exists = true; return nil })
	if err != nil || !exists {
		return 0, want, err
	}
	err = r.query("SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied", nil,
		func(r *sql.Rows) error { return r.Scan(&have) })
	return have, want, err
}

// Check implements [task.Ledger].
func (s *store) Check(ctx context.Context) error {
	have, want, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	if have < want {
		return fault.New(fault.Unavailable, "ledger_outdated", "The ledger's tables are of version %d, this program needs %d: run `aigc migrate`.", have, want)
	}
	checked := make(chan error, 1)                                          // a transaction that has begun does not end with ctx
	go func() { checked <- s.write(ctx, func(*tx) error { return nil }) }() // takes and releases the write lock
	select {
	case err := <-checked:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
