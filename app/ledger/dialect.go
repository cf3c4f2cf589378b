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
	begin    string                       // begins a write transaction
	now      func(querier) (int64, error) // its clock, in milliseconds since 1970
	hasTable string                       // returns one row if there is a table named $1
	ioError  func(error) bool             // the disk failed
	diskFull func(error) bool             // the disk is full
	locked   func(error) bool             // another process holds a lock
}

var sqliteDialect = dialect{
	begin:    "BEGIN IMMEDIATE",
	now:      func(querier) (int64, error) { return time.Now().UnixMilli(), nil }, // SQLite's clock is the machine's
	hasTable: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
	ioError:  func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_IOERR },
	diskFull: func(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL },
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
		return fault.Wrap(err, fault.Unavailable, "ledger_busy", "Another program holds the ledger's file locked; try again in a moment.")
	}
	return fault.Wrap(err, fault.Internal, "ledger_failed", "The ledger could not be read or written.")
}
