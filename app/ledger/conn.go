package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"
	"time"
)

// querier runs queries: in a write transaction, or on a connection for reading.
type querier interface {
	// query calls each for every row. The row must not be used after the call.
	query(query string, args []any, each func(*sql.Rows) error) error
}

// conn is a connection in a write transaction.
type conn interface {
	querier
	// exec returns the number of rows that the statement changed.
	exec(query string, args ...any) (int64, error)
	// later runs a statement before the next one or the COMMIT. It may return nil and its
	// error come from them.
	later(query string, args ...any) error
}

// writeConn is the connection of SQLite's writer with its prepared statements.
type writeConn struct {
	sqlConn *sql.Conn
	stmts   map[string]*sql.Stmt
}

// background is the context of all statements on the writer's connection: if one
// caller's context ends, the transaction that it shares with others must go on.
var background = context.Background()

func newWriteConn(db *sql.DB) (*writeConn, error) {
	conn, err := db.Conn(background)
	if err != nil {
		return nil, err
	}
	return &writeConn{sqlConn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func (s *writeConn) stmt(query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	st, err := s.sqlConn.PrepareContext(background, query)
	if err == nil {
		s.stmts[query] = st
	}
	return st, err
}

func (s *writeConn) exec(query string, args ...any) (int64, error) {
	st, err := s.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(background, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (s *writeConn) later(query string, args ...any) error {
	_, err := s.exec(query, args...)
	return err
}

func (s *writeConn) query(query string, args []any, each func(*sql.Rows) error) error {
	st, err := s.stmt(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(background, args...)
	if err != nil {
		return err
	}
	return drain(rows, each)
}

// discard closes the connection, which rolls back its transaction, and removes it
// from the pool.
func (s *writeConn) discard() {
	s.close()
	_ = s.sqlConn.Raw(func(any) error { return driver.ErrBadConn }) // so that the pool does not reuse it
	_ = s.sqlConn.Close()
}

func (s *writeConn) close() {
	for _, st := range s.stmts {
		_ = st.Close()
	}
}

func drain(rows *sql.Rows, each func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// tx is a write transaction; on SQLite a batch of callers shares it.
type tx struct {
	conn
	dialect dialect
	now     int64    // the database's clock when it began or got its last lock, in milliseconds since 1970
	listed  []series // inserted into task_series
	events  []any    // of the current caller, not inserted yet
	cache   *cache
}

// series is a row of task_series.
type series struct{ owner, module, model string }

// readPool is a pool of connections for reading, with prepared statements unless the
// driver keeps them itself.
type readPool struct {
	db     *sql.DB
	direct bool          // the driver keeps prepared statements
	limit  time.Duration // of a query, for a database that may not answer at all; 0: none
	stmts  sync.Map      // text → *sql.Stmt
}

func (r *readPool) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if r.direct {
		return r.db.QueryContext(ctx, query, args...)
	}
	st, err := r.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (r *readPool) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := r.stmts.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	fresh, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, known := r.stmts.LoadOrStore(query, fresh)
	if known {
		_ = fresh.Close() // prepared concurrently by another caller
	}
	return st.(*sql.Stmt), nil
}

// reader runs queries on the read pool, with a caller's context. Its errors are
// faults.
type reader struct {
	ctx context.Context
	*readPool
	dialect dialect
}

func (r reader) query(query string, args []any, each func(*sql.Rows) error) error {
	if r.limit == 0 {
		return r.dialect.fault(r.run(r.ctx, query, args, each))
	}
	ctx, cancel := context.WithTimeout(r.ctx, r.limit)
	defer cancel()
	err := r.run(ctx, query, args, each)
	if r.ctx.Err() == nil { // else the caller's time is over
		err = asTimeout(ctx, err)
	}
	return r.dialect.fault(err)
}

func (r reader) run(ctx context.Context, query string, args []any, each func(*sql.Rows) error) error {
	rows, err := r.rows(ctx, query, r.dialect.texts(args))
	if err != nil {
		return err
	}
	return drain(rows, each)
}
