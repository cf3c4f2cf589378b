package ledger

import (
	"context"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"aigc/app/fault"
)

// dialect is what differs between databases.
type dialect struct {
	now      func(querier) (int64, error) // its clock, in milliseconds since 1970
	hasTable string                       // returns one row if there is a table named $1

	shared     bool                              // several processes may use the database
	oneOf      func(query string) string         // condition of a column: among the rows of a query, which runs once
	skipLocked string                            // ends a query of rows to change: leaves out those that another transaction changes
	lockedByID string                            // condition by id $1 of a row to change: locks its group, if it has or is one, and the row
	eachStream string                            // table t of the rows that %s returns for each row of the table stream
	lock       func(x *tx, names []string) error // takes locks until the end of the transaction, in this order
	lockCalls  string                            // statement that takes the locks on the (owner, input hash) of the calls of tasks $1, a list
	texts      func(args []any) []any            // replaces what a text of the database cannot hold

	ioError     func(error) bool // the disk failed
	diskFull    func(error) bool // the disk is full
	locked      func(error) bool // another process holds a lock
	unavailable func(error) bool // the database cannot be reached, or does not answer now
}

var sqliteDialect = dialect{
	now:        func(querier) (int64, error) { return time.Now().UnixMilli(), nil }, // SQLite's clock is the machine's
	hasTable:   "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
	oneOf:      func(query string) string { return "IN (" + query + ")" },
	lockedByID: byID,
	// CROSS JOIN makes SQLite loop over the streams first.
	eachStream:  "tasks t WHERE t.id IN (%s)",
	lock:        func(*tx, []string) error { return nil }, // a transaction locks the whole file
	texts:       func(args []any) []any { return args },
	ioError:     func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_IOERR },
	diskFull:    func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL },
	unavailable: func(error) bool { return false },
	locked: func(err error) bool {
		code := sqliteCode(err)
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	},
}

// sqliteCode is the primary result code of an error of SQLite, 0 of any other.
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// fault converts the error of a statement to a fault. A fault, and the error of a
// caller's context, are returned as they are.
func (d dialect) fault(err error) error {
	var f *fault.Error
	switch {
	case err == nil, errors.As(err, &f), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case d.diskFull(err):
		return fault.Wrap(err, fault.StorageFull, "ledger_full", "The disk that holds the ledger is full.")
	case d.locked(err):
		return fault.Wrap(err, fault.Unavailable, "ledger_busy", "Another program holds the ledger locked; try again in a moment.")
	case d.unavailable(err):
		return fault.Wrap(err, fault.Unavailable, "ledger_unavailable", "The database of the ledger does not answer; try again in a moment.")
	}
	return fault.Wrap(err, fault.Internal, "ledger_failed", "The ledger could not be read or written.")
}
