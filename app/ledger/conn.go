package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"
)

// asker runs statements that answer with rows: the transaction of a write, or
// the pool of readers.
type asker interface {
	// ask calls each for every row. The row is valid during the call only.
	ask(query string, args []any, each func(*sql.Rows) error) error
}

// session is the writer's connection with its prepared statements.
type session struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// background is the context of everything on the writer's connection: a
// caller that leaves must not cut a transaction that others share.
var background = context.Background()

func newSession(db *sql.DB) (*session, error) {
	conn, err := db.Conn(background)
	if err != nil {
		return nil, err
	}
	return &session{conn: conn, stmts: map[string]*sql.Stmt{}}, nil
}

func (s *session) stmt(query string) (*sql.Stmt, error) {
	if st, ok := s.stmts[query]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(background, query)
	if err == nil {
		s.stmts[query] = st
	}
	return st, err
}

func (s *session) exec(query string, args ...any) (int64, error) {
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

func (s *session) ask(query string, args []any, each func(*sql.Rows) error) error {
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

// discard throws the connection away, with whatever transaction it is in.
func (s *session) discard() {
	s.close()
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // tells the pool not to keep it
	_ = s.conn.Close()
}

func (s *session) close() {
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

// tx is the transaction that a batch of callers shares.
type tx struct {
	*session
	now    int64    // the database's clock at its beginning, in milliseconds
	listed []series // new in task_series
	events []any    // of the caller whose turn it is
	memory *memory
}

// series is a row of task_series.
type series struct{ owner, module, model string }

// readers is a pool of connections that only read.
type readers struct {
	db    *sql.DB
	stmts sync.Map // text → *sql.Stmt
}

func (r *readers) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if st, ok := r.stmts.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	fresh, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	st, known := r.stmts.LoadOrStore(query, fresh)
	if known {
		_ = fresh.Close() // somebody was quicker
	}
	return st.(*sql.Stmt), nil
}

// reading asks on one of the readers' connections. Its errors are faults.
type reading struct {
	ctx context.Context
	*readers
	dialect dialect
}

func (r reading) ask(query string, args []any, each func(*sql.Rows) error) error {
	st, err := r.stmt(r.ctx, query)
	if err != nil {
		return r.dialect.fault(err)
	}
	rows, err := st.QueryContext(r.ctx, args...)
	if err != nil {
		return r.dialect.fault(err)
	}
	return r.dialect.fault(drain(rows, each))
}
