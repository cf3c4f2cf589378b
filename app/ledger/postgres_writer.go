package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"aigc/app/fault"
	"aigc/app/task"
)

// postgresWriter runs write transactions, each on a connection of its own: the server
// groups their commits. A batch of callers in one transaction would hold the locks of
// all of them until the last one is done, in no common order.
type postgresWriter struct {
	db    *sql.DB
	slots chan struct{} // one for each connection that may write
	cache cache

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

func newPostgresWriter(db *sql.DB, conns int) *postgresWriter {
	return &postgresWriter{db: db, slots: make(chan struct{}, conns)}
}

// Limits of a transaction. A process that is frozen in the middle of one must not hold
// its locks for long, so the server ends a transaction that does nothing.
const (
	lockTimeout        = 5 * time.Second
	statementTimeout   = 10 * time.Second
	idleTimeout        = 10 * time.Second
	transactionTimeout = 20 * time.Second // for the client: the server may not answer at all
	queryTimeout       = 10 * time.Second // of a query outside of a transaction, for the same reason

	attempts     = 6                     // of a transaction that the server rolled back
	attemptPause = 10 * time.Millisecond // before the second one; doubles
)

// errTimeout is the error of a transaction or a query that took longer than its limit. It
// is not that of a caller's context.
var errTimeout = errors.New("the database did not answer in time")

// do implements [committer].
func (w *postgresWriter) do(ctx context.Context, o opening, run func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return errClosed
	}
	w.running.Add(1)
	w.mu.Unlock()
	defer w.running.Done()
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-w.slots }()
	for n := 1; ; n++ {
		err := w.transaction(o, run)
		if err == nil || n == attempts || !mayRepeat(err) {
			return err
		}
		pause := attemptPause << (n - 1)
		time.Sleep(pause/2 + rand.N(pause))
	}
}

// mayRepeat says whether a transaction that failed is repeated: nothing was decided
// outside of the database, and it was surely rolled back. It was a victim of a deadlock,
// or its connection was lost before COMMIT was sent.
func mayRepeat(err error) bool {
	var f *fault.Error
	if errors.Is(err, task.ErrOutcomeUnknown) || errors.As(err, &f) {
		return false
	}
	switch code := sqlState(err); code {
	case "40001", "40P01":
		return true
	case "57014", "53300": // statement timeout, too many connections: it would only take longer
		return false
	}
	return isUnavailable(err) && !errors.Is(err, errTimeout)
}

// close implements [committer].
func (w *postgresWriter) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.running.Wait()
}

// transaction runs a transaction once.
func (w *postgresWriter) transaction(o opening, run func(*tx) error) (err error) {
	ctx, cancel := context.WithTimeoutCause(background, transactionTimeout, errTimeout)
	defer cancel()
	defer func() {
		err = asTimeout(ctx, err)
	}()
	sqlConn, err := w.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer sqlConn.Close()
	c := &postgresConn{ctx: ctx, Conn: sqlConn}
	x := &tx{conn: c, dialect: postgresDialect, cache: &w.cache}
	if x.now, err = c.begin(o); err == nil {
		err = x.attempt(run)
	}
	if err != nil {
		c.rollback()
		return err
	}
	if err := c.commit(); err != nil {
		return err
	}
	w.cache.add(x.listed)
	return nil
}

// asTimeout is the error of a statement whose context is the ledger's own. It ends with
// the limit of the transaction or the query, or with the shorter one of a connection that
// is opened for it.
func asTimeout(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, errTimeout) || ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", errTimeout, withoutContext(err))
}

// withoutContext keeps the text of an error but not the context's error in it, which
// callers would take for their own.
func withoutContext(err error) error {
	if errors.Is(err, task.ErrOutcomeUnknown) {
		return outcomeUnknown(errors.New(err.Error()))
	}
	return errors.New(err.Error())
}

// postgresConn is a connection in a transaction.
type postgresConn struct {
	*sql.Conn
	ctx    context.Context
	queued []statement // not sent yet
}

func (c *postgresConn) exec(query string, args ...any) (int64, error) {
	if len(c.queued) > 0 {
		tag, _, err := c.send(statement{query, postgresTexts(args)})
		return tag.RowsAffected(), err
	}
	res, err := c.ExecContext(c.ctx, query, postgresTexts(args)...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *postgresConn) query(query string, args []any, each func(*sql.Rows) error) error {
	if _, _, err := c.send(); err != nil {
		return err
	}
	rows, err := c.QueryContext(c.ctx, query, postgresTexts(args)...)
	if err != nil {
		return err
	}
	return drain(rows, each)
}

// commit sends the queued statements and commits. Its outcome is known if the server
// answered, or if the connection was closed before. That pgx calls an error safe to retry
// proves nothing: it says so also of a connection that is lost while it waits for the
// answer.
func (c *postgresConn) commit() error {
	closed := false
	err := c.Raw(func(driverConn any) error {
		closed = driverConn.(*stdlib.Conn).Conn().IsClosed()
		return nil
	})
	if err != nil || closed {
		return fmt.Errorf("%w: the connection was lost before the commit", driver.ErrBadConn)
	}
	tag, _, err := c.send(statement{"COMMIT", nil})
	var e *pgconn.PgError
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil: // a statement failed, so that the server rolled back
		return fmt.Errorf("the transaction was rolled back: %s", tag)
	case errors.As(err, &e) && e.SeverityUnlocalized == "ERROR" && e.Code != "08007" && e.Code != "40003":
		return err
	}
	return outcomeUnknown(err)
}

func outcomeUnknown(err error) error {
	return fault.Wrap(errors.Join(task.ErrOutcomeUnknown, err), fault.Unavailable, "ledger_outcome_unknown",
		"The connection to the ledger's database was lost while it was written, so it is unknown whether it was; read the task or repeat the request with the same Idempotency-Key.")
}

// rollback rolls back, so that the locks are released at once. If that fails, the
// connection is closed.
func (c *postgresConn) rollback() {
	_ = c.Raw(func(driverConn any) error {
		if _, err := driverConn.(*stdlib.Conn).Conn().PgConn().Exec(c.ctx, "ROLLBACK").ReadAll(); err != nil {
			return driver.ErrBadConn
		}
		return nil
	})
}
